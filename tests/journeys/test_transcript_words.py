"""Words of people that let notices go further, or hold them: a dedicated domain, the authority's word, a hold."""

import signal
import time
from email.message import EmailMessage
from pathlib import Path

from hotline_shell import Shell
from little_mail import make_maildir, put
from little_world import LittleWorld

SOUTH = "abuse@south-net.example"


def mandate(shell: Shell, text: str) -> None:
    file: Path = shell.place / "mandate.toml"
    file.write_text(f"[crawl]\nfollow_links = true\n{text}", encoding="utf-8")
    shell.say("mandate", "import", file, "--as", "ana")


def test_a_domain_is_marked_by_a_case_or_its_name_listed_and_taken_back(crawled: Shell, world: LittleWorld) -> None:
    case = str(crawled.cases()[world.seed]["id"])
    crawled.say("dedicated", "add", case, "--reason", "nothing else lies on it", "--as", "ana")
    (row,) = crawled.json("dedicated")
    assert (row["domain"], row["by"], row["lifted_at"]) == ("shelf.example", "ana", None)
    twice = crawled.say("dedicated", "add", "shelf.example", "--reason", "again", "--as", "ben", status=2)
    assert "marked already" in twice.complaint
    crawled.say("dedicated", "lift", str(row["id"]), "--reason", "others live there", "--as", "ben")
    assert crawled.json("dedicated")[0]["lifted_at"] == "2030-01-01T00:00:00Z"
    crawled.say("audit", "verify")


def test_new_material_waits_for_the_authoritys_word(crawled: Shell, world: LittleWorld) -> None:
    mandate(crawled, '[country."*"]\nnotify = "direct"\nnew_material_hours = 48\n')
    seed = crawled.cases()[world.seed]["id"]
    sent = crawled.json("notices", "send")
    (held,) = [each for each in sent["withheld"] if each["case"] == seed]
    assert "new material waits for the authority's word until 2030-01-02" in held["reason"]
    assert sent["sent"] >= 1, "what stands on a list does not wait"
    spoken = crawled.at("2030-01-01T01:00:00Z")
    spoken.say("authority", str(seed), "--reason", "by telephone, desk 4", "--as", "ana")
    assert spoken.json("notices", "send")["sent"] == 1
    assert any(world.seed in letter.text for letter in world.post.to(SOUTH))
    twice = spoken.say("authority", str(seed), "--reason", "again", "--as", "ana", status=2)
    assert "written down already" in twice.complaint
    groups = spoken.json("metrics", "--clock", "authority")["groups"]
    assert groups[0]["cases"] == 1


def test_the_scheduler_gathers_what_goes_to_one_recipient(crawled: Shell, world: LittleWorld) -> None:
    inbox = make_maildir(crawled.place / "inbox")
    stranger = EmailMessage()
    stranger.set_content("taken in by the job that comes after the one that asks")
    put(inbox, stranger)
    running = crawled.having(INBOX=f"maildir:{inbox}").begin("run", "--public-port", "0")
    deadline = time.monotonic() + 60
    while list((inbox / "new").iterdir()):
        assert time.monotonic() < deadline and running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0
    assert crawled.cases()[world.seed]["state"] == "ready"
    assert (world.post.letters, crawled.notices()) == ([], [])
    assert crawled.json("notices", "send")["sent"] == 2, "a person's word does not wait"


def test_a_held_notice_stays_and_one_that_is_let_go_leaves(crawled: Shell, world: LittleWorld) -> None:
    crawled.having(SMTP=None).say("notices", "send")
    queued = crawled.json("notices", "list", "--state", "queued")
    number = str(next(each["id"] for each in queued if each["to"] == SOUTH))
    crawled.say("notices", "hold", number, "--reason", "asked by the police", "--as", "ana")
    assert crawled.json("notices", "send")["sent"] == len(queued) - 1
    assert world.post.to(SOUTH) == []
    shown = crawled.json("notices", "show", number)
    assert (shown["state"], shown["problem"]) == ("queued", "held by ana: asked by the police")
    assert any("1 notice is held" in each for each in crawled.json("status")["problems"])
    assert shown["deliveries"] == []
    crawled.say("notices", "unhold", number, "--as", "ana")
    assert crawled.json("notices", "send")["sent"] == 1
    assert [each["outcome"] for each in crawled.json("notices", "show", number)["deliveries"]] == ["sent"]
    again = crawled.say("notices", "resend", number, "--as", "ana", status=2)
    assert "our mail server has it" in again.complaint
    crawled.say("audit", "verify")
