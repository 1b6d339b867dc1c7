"""The transcript with contacts to whom mail does not arrive, and a person's word on them."""

from hotline_shell import Shell
from little_mail import answer, make_maildir, put
from little_world import LittleWorld

SOUTH, SECOND = "abuse@south-net.example", "abuse-second@south-net.example"


def contacts(shell: Shell, *options: str) -> dict[str, dict[str, object]]:
    return {row["address"]: row for row in shell.json("contacts", *options)}


def test_a_dead_contact_is_listed_until_a_person_revives_it(crawled: Shell, world: LittleWorld) -> None:
    world.post.refusals[SOUTH] = "550 5.1.1 no such user"
    crawled.say("notices", "send")
    (dead,) = contacts(crawled, "--dead").values()
    assert (dead["address"], dead["health"], dead["reason"], dead["bounces"]) == (SOUTH, "dead", "refused", 1)
    assert dead["open_cases"]
    assert any("hotline contacts --dead" in problem for problem in crawled.json("status")["problems"])
    revived = crawled.json("contacts", "revive", SOUTH, "--reason", "they have a new server", "--as", "ana")
    assert (revived["health"], revived["bounces"]) == ("unknown", 0)
    assert contacts(crawled, "--dead") == {}
    crawled.say("audit", "verify")


def test_contacts_whose_domains_no_name_server_knows_are_asked_all_the_same(crawled: Shell, world: LittleWorld) -> None:
    assert crawled.json("notices", "send")["sent"] == 2
    asked = contacts(crawled)[SOUTH]
    assert (asked["health"], asked["mail"]) == ("suspect", "none")
    finding = crawled.json("resolve", world.seed)
    assert finding["contacts"][0] | {"health": "suspect", "address": SOUTH} == finding["contacts"][0]
    assert "no mail exchanger is known for south-net.example" in finding["problems"]


def test_who_answers_is_verified(crawled: Shell, world: LittleWorld) -> None:
    folder = make_maildir(crawled.place / "inbox")
    shell = crawled.having(INBOX=f"maildir:{folder}")
    shell.say("notices", "send")
    put(folder, answer(world.post.to(SOUTH)[0], "We look into it."))
    shell.at("2030-01-01T00:05:00Z").say("inbox", "read")
    found = contacts(shell)[SOUTH]
    assert (found["health"], found["last_answer_at"]) == ("verified", "2030-01-01T00:05:00Z")


def test_a_persons_word_is_by_number_too_and_needs_a_reason(crawled: Shell) -> None:
    crawled.say("notices", "send")
    number = str(contacts(crawled)[SECOND]["id"])
    said = crawled.say("contacts", "verify", number, "--reason", "by telephone", "--as", "ana")
    assert "counts as verified" in said.out
    assert contacts(crawled, "--all")[SECOND]["health"] == "verified"
    for wrong in (["999", "--reason", "x"], [number, "--reason", " "], [number]):
        assert crawled.say("contacts", "revive", *wrong, "--as", "ana", status=2).complaint
    assert crawled.say("contacts", "--dead", "--all", status=2).complaint
    assert SOUTH in crawled.say("contacts").out


def test_name_servers_are_asked_when_a_person_says_so(crawled: Shell) -> None:
    crawled.say("notices", "send")
    assert set(crawled.json("contacts", "check")) <= {"none", "unknown", "exchanger", "address", "refused"}
