"""The transcript where nobody of those who host it can be written to: a person fills in a form, and it counts."""

from email.message import EmailMessage

import pytest
from hotline_shell import Shell
from little_mail import make_maildir, put
from little_world import LittleWorld

FORM = "https://reports.edge-delivery.example/abuse?kind=child"
SOUTH = ("abuse@south-net.example", "abuse-second@south-net.example")
FIRST_LOOK, NOON, EVENING = "2030-01-01T00:20:00Z", "2030-01-01T12:00:00Z", "2030-01-01T19:00:00Z"


def edges(world: LittleWorld) -> str:
    domain = world.host("pics").partition(".")[2]
    return (
        f'[[edge]]\nname = "Edge Delivery"\ncertainty = "cdn_edge"\nsuffixes = ["{domain}"]\nform = "{FORM}"\n'
        'source = "their page"\nnoted = 2029-12-01\n'
    )


@pytest.fixture
def fronted(crawled: Shell, world: LittleWorld) -> Shell:
    """Seed and twin are behind a CDN that only has a form; nobody's mail of those below and beside it arrives."""
    (crawled.home / "edges.toml").write_text(edges(world), encoding="utf-8")
    for contact in crawled.json("resolve", world.seed)["contacts"]:
        if contact["kind"] == "email":
            world.post.refusals[contact["address"]] = "550 5.1.1 no such user"
    crawled.say("notices", "send", status=None)
    return crawled


def test_a_form_is_listed_shown_filled_in_and_the_removal_proven(fronted: Shell, world: LittleWorld) -> None:
    cases = fronted.cases()
    seed, twin = cases[world.seed]["id"], cases[world.twin]["id"]
    assert (cases[world.seed]["state"], cases[world.twin]["state"]) == ("review", "review")
    (row,) = fronted.json("forms")
    assert (row["address"], row["role"], sorted(row["cases"])) == (FORM, "cdn", sorted([seed, twin]))
    assert row["why"] == "no mail address of those who host it can be written to"
    assert f"f{row['form']}" in fronted.say("forms").out
    assert any("2 cases wait for 1 form that" in problem for problem in fronted.json("status")["problems"])
    shown = fronted.json("forms", "show", f"f{row['form']}")
    assert sorted(shown["urls"]) == sorted([world.seed, world.twin])
    assert world.copy not in shown["text"] and world.thread not in shown["text"], "other hosts' addresses"
    assert shown["reply_to"] in shown["text"] and shown["reply_to"].startswith("notice+")
    assert "delivered through\nyour network" in shown["text"]
    assert not any(name in shown["text"] for name in ("ana", " ben", "notice.csv"))
    assert fronted.cases()[world.seed]["first_notice_at"] is None, "shown is not sent"
    said = fronted.json("forms", "sent", FORM, "--reference", "T-4711", "--as", "ana")
    assert (said["notice"], sorted(said["cases"])) == (shown["notice"], sorted([seed, twin]))
    case = fronted.json("case", str(seed))
    assert (case["state"], case["first_notice_at"]) == ("notified", "2030-01-01T00:00:00Z")
    assert case["due_at"] == "2030-01-01T00:15:00Z"
    assert "filled in the form of the cdn" in case["moves"][-1]["reason"] and case["moves"][-1]["actor"] == "ana"
    notice = fronted.json("notices", "show", str(said["notice"]))
    assert (notice["state"], notice["to"], notice["sent_at"]) == ("sent", FORM, "2030-01-01T00:00:00Z")
    assert "Reference: T-4711" in notice["message"] and world.seed in notice["message"]
    assert case["deliveries"][-1]["reply"] == "T-4711"
    again = fronted.say("forms", "sent", FORM, "--as", "ana", status=2)
    assert "already" in again.complaint
    assert fronted.json("forms") == []
    assert fronted.at(FIRST_LOOK).json("recheck")["online"] >= 2
    world.sites.remove(world.seed)
    for moment in (NOON, EVENING):
        fronted.at(moment).say("recheck")
    removed = fronted.cases()[world.seed]
    assert (removed["state"], removed["removed_at"]) == ("removed", NOON)
    fronted.at(EVENING).say("audit", "verify")


def test_an_answer_to_a_form_finds_its_notice(fronted: Shell, world: LittleWorld) -> None:
    shell = fronted.having(INBOX=f"maildir:{make_maildir(fronted.place / 'inbox')}")
    seed = str(shell.cases()[world.seed]["id"])
    shown = shell.json("forms", "show", seed)
    assert (shown["urls"], shown["cases"]) == ([world.seed], [int(seed)])
    assert shell.json("forms", "sent", seed, "--as", "ana")["cases"] == [int(seed)]
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "desk@edge-delivery.example", shown["reply_to"], "your report"
    letter.set_content("We look into it.")
    put(fronted.place / "inbox", letter)
    assert shell.json("inbox", "read")["replied"] == 1
    assert shell.json("case", seed)["replies"][0]["notice"] == shown["notice"]
    left = shell.json("forms")[0]["cases"]
    assert left == [shell.cases()[world.twin]["id"]], "what was not in the text still waits"


def test_a_text_that_was_shown_is_not_yet_a_notice_that_was_sent(fronted: Shell, world: LittleWorld) -> None:
    before = fronted.cases()[world.seed]
    shown = fronted.json("forms", "show", FORM)
    assert fronted.json("forms", "show", FORM)["reply_to"] == shown["reply_to"], "shown twice, one text"
    notice = fronted.json("notices", "show", str(shown["notice"]))
    assert (notice["state"], notice["sent_at"], notice["attempts"]) == ("withheld", None, 0)
    assert "hotline forms sent" in notice["problem"]
    letters = len(world.post.letters)
    fronted.say("notices", "send")
    assert len(world.post.letters) == letters
    after = fronted.cases()[world.seed]
    assert (after["state"], after["first_notice_at"]) == (before["state"], before["first_notice_at"])


def test_what_cannot_be_is_refused_in_one_line(fronted: Shell, world: LittleWorld) -> None:
    seed = str(fronted.cases()[world.seed]["id"])
    for words in (["show", "99"], ["show", "f99"], ["sent", "99", "--as", "ana"], ["sent", seed],
                  ["show", "https://nobody.example/"], ["sent", FORM, "--as", "nobody"]):  # fmt: skip
        said = fronted.say("forms", *words, status=2)
        assert said.complaint and said.out == "", words
    unsigned = fronted.having(ORGANISATION=None).say("forms", "show", seed, status=2)
    assert "HOTLINE_ORGANISATION" in unsigned.complaint


def test_an_embargo_withholds_the_form_and_all_says_why(fronted: Shell, world: LittleWorld) -> None:
    cases = fronted.cases()
    seed, twin = cases[world.seed]["id"], cases[world.twin]["id"]
    fronted.say("embargo", str(seed), "--until", "2030-02-01T00:00:00Z", "--reason", "police", "--as", "ana")
    assert fronted.json("forms")[0]["cases"] == [twin]
    (row,) = fronted.json("forms", "--all")
    assert row["withheld"] == [{"case": seed, "reason": "embargo until 2030-02-01T00:00:00Z"}]
    assert f"case {seed}: embargo until" in fronted.say("forms", "--all").out
    assert "embargo until" in fronted.say("forms", "show", str(seed), status=2).complaint
    assert world.seed not in fronted.json("forms", "show", FORM)["text"]
