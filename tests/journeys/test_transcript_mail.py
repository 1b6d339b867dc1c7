"""The transcript with mail that goes wrong: refused, deferred, lost on the way, bounced, unanswered."""

from pathlib import Path

from hotline_shell import Shell
from little_mail import answer, bounce, make_maildir, put
from little_world import LittleWorld

SOUTH, SECOND, EAST = "abuse@south-net.example", "abuse-second@south-net.example", "abuse@east-net.example"
CARRIER, REGISTRAR = "noc-abuse@carrier-two.example", "abuse@registrar-one.example"


def _by_recipient(shell: Shell) -> dict[str, dict[str, object]]:
    return {notice["to"]: notice for notice in shell.notices()}


def test_a_refusal_for_good_leads_to_the_next_contact(crawled: Shell, world: LittleWorld) -> None:
    world.post.refusals[SOUTH] = "550 5.1.1 no such user"
    sent = crawled.json("notices", "send")
    assert (sent["sent"], sent["failed"]) == (2, 1)
    notices = _by_recipient(crawled)
    assert (notices[SOUTH]["state"], notices[SECOND]["state"]) == ("failed", "sent")
    assert notices[SOUTH]["problem"]
    assert world.seed in world.post.to(SECOND)[0].text
    assert crawled.cases()[world.seed]["state"] == "notified"
    delivery = crawled.json("case", "1")["deliveries"][0]
    assert (delivery["outcome"], delivery["code"]) == ("refused", 550)


def test_a_server_that_does_not_take_our_address_fails_nothing_and_it_is_said(
    crawled: Shell, world: LittleWorld
) -> None:
    world.post.unwanted = "553 5.7.1 sender address rejected"
    said = crawled.say("notices", "send").out
    assert "0 sent, 0 failed" in said
    assert (
        "2 still queued: the mail server does not take our sender address (553 5.7.1); check HOTLINE_MAIL_FROM" in said
    )
    assert {notice["state"] for notice in crawled.notices()} == {"queued"}
    assert any("2 notices wait for our mail server" in each for each in crawled.json("status")["problems"])
    assert crawled.json("contacts", "--dead") == []
    world.post.unwanted = None
    assert crawled.at("2030-01-01T00:15:00Z").json("notices", "send")["sent"] == 2


def test_a_case_whose_last_contact_is_dead_waits_for_a_person(crawled: Shell, world: LittleWorld) -> None:
    world.post.refusals["*"] = "550 5.1.1 no such user"
    sent = crawled.json("notices", "send")
    assert sent["sent"] == 0
    assert sent["failed"] >= 4
    assert {case["state"] for case in crawled.cases().values()} == {"review"}
    assert world.post.letters == []


def test_a_refusal_for_now_waits_and_goes_out_later(crawled: Shell, world: LittleWorld) -> None:
    world.post.refusals[SOUTH] = "450 4.2.0 greylisted"
    sent = crawled.json("notices", "send")
    assert (sent["sent"], sent["failed"], sent["unknown"]) == (1, 0, 0)
    waiting = _by_recipient(crawled)[SOUTH]
    assert (waiting["state"], waiting["attempts"]) == ("queued", 1)
    assert waiting["problem"]
    assert crawled.at("2030-01-01T00:14:00Z").json("notices", "send")["sent"] == 0
    assert _by_recipient(crawled)[SOUTH]["attempts"] == 1, "not before 15 minutes"
    crawled.at("2030-01-01T00:15:00Z").say("notices", "send")
    assert _by_recipient(crawled)[SOUTH]["attempts"] == 2
    world.post.refusals.clear()
    assert crawled.at("2030-01-01T00:44:00Z").json("notices", "send")["sent"] == 0, "the pause doubles"
    assert crawled.at("2030-01-01T00:45:00Z").json("notices", "send")["sent"] == 1
    sent_notice = _by_recipient(crawled)[SOUTH]
    assert (sent_notice["state"], sent_notice["sent_at"]) == ("sent", "2030-01-01T00:45:00Z")
    assert crawled.cases()[world.seed]["first_notice_at"] == "2030-01-01T00:45:00Z"


def test_without_an_answer_after_the_dot_a_person_may_say_that_it_is_stored(crawled: Shell, world: LittleWorld) -> None:
    world.post.drops.add(SOUTH)
    sent = crawled.json("notices", "send")
    assert (sent["sent"], sent["unknown"]) == (1, 1)
    lost = _by_recipient(crawled)[SOUTH]
    assert (lost["state"], bool(lost["problem"])) == ("unknown", True)
    assert crawled.cases()[world.seed]["state"] == "ready"
    crawled.say("reconcile", str(lost["id"]), "--stored", "yes", "--as", "ana")
    known = _by_recipient(crawled)[SOUTH]
    assert (known["state"], known["sent_at"], known["problem"]) == ("sent", "2030-01-01T00:00:00Z", None)
    assert crawled.cases()[world.seed]["state"] == "notified"
    assert (
        "only one that is unknown"
        in crawled.say("reconcile", str(lost["id"]), "--stored", "no", "--as", "ana", status=2).complaint
    )
    crawled.at("2030-01-01T02:00:00Z").say("notices", "send")
    assert len([letter for letter in world.post.letters if letter.recipient == SOUTH]) == 1


def test_a_person_may_say_that_it_is_not_stored_and_the_same_bytes_go_again(crawled: Shell, world: LittleWorld) -> None:
    world.post.drops.add(SOUTH)
    crawled.say("notices", "send")
    lost = _by_recipient(crawled)[SOUTH]
    world.post.drops.clear()
    crawled.at("2030-01-01T00:05:00Z").say("reconcile", str(lost["id"]), "--stored", "no", "--as", "ana")
    assert crawled.at("2030-01-01T00:05:00Z").json("notices", "send")["sent"] == 1
    first, second = (letter for letter in world.post.letters if letter.recipient == SOUTH)
    assert first.data == second.data
    assert first.sender == second.sender


def test_where_nobody_speaks_within_an_hour_the_same_bytes_go_again(crawled: Shell, world: LittleWorld) -> None:
    world.post.drops.add(SOUTH)
    crawled.say("notices", "send")
    world.post.drops.clear()
    crawled.at("2030-01-01T00:59:00Z").say("notices", "send")
    assert _by_recipient(crawled)[SOUTH]["state"] == "unknown"
    assert crawled.at("2030-01-01T01:00:00Z").json("notices", "send")["sent"] == 1
    first, second = (letter for letter in world.post.letters if letter.recipient == SOUTH)
    assert first.data == second.data
    assert (first.kept, second.kept) == (False, True)


def test_the_mail_servers_log_settles_what_is_unknown(crawled: Shell, world: LittleWorld, tmp_path: Path) -> None:
    ledger = tmp_path / "maillog"
    ledger.touch()
    crawled = crawled.having(SMTP_LEDGER=str(ledger))
    world.post.drops.add(SOUTH)
    crawled.say("notices", "send")
    lost = next(letter for letter in world.post.letters if letter.recipient == SOUTH)
    ledger.write_text(
        f"Jan  1 00:00:00 mail postfix/cleanup[9]: 4ABCDE1234: message-id={lost.message_id}\n"
        f"Jan  1 00:00:00 mail postfix/qmgr[8]: 4ABCDE1234: from=<{lost.sender}>, size=1234, nrcpt=1 (queue active)\n"
    )
    crawled.at("2030-01-01T00:10:00Z").say("notices", "send")
    assert _by_recipient(crawled)[SOUTH]["state"] == "sent"
    assert crawled.cases()[world.seed]["state"] == "notified"
    assert len([letter for letter in world.post.letters if letter.recipient == SOUTH]) == 1


def _with_inbox(shell: Shell) -> tuple[Shell, Path]:
    folder = make_maildir(shell.place / "inbox")
    return shell.having(INBOX=f"maildir:{folder}"), folder


def test_a_bounce_leads_to_the_next_contact_and_in_the_end_to_a_person(crawled: Shell, world: LittleWorld) -> None:
    shell, inbox = _with_inbox(crawled)
    shell.say("notices", "send")
    put(inbox, bounce(world.post.to(EAST)[0]))
    assert shell.at("2030-01-01T00:05:00Z").json("inbox", "read") == {
        "bounced": 1, "replied": 0, "automatic": 0, "unmatched": 0,
    }  # fmt: skip
    assert list((inbox / "new").iterdir()) == [], "deleted once it is taken in"
    assert _by_recipient(shell)[EAST]["state"] == "bounced"
    shell.at("2030-01-01T00:05:00Z").say("notices", "send")
    assert world.copy in world.post.to(CARRIER)[0].text
    copy = str(shell.cases()[world.copy]["id"])
    shell.at("2030-01-01T00:05:00Z").say("dedicated", "add", copy, "--reason", "all of it", "--as", "ana")
    for at, recipient in (("00:10", CARRIER), ("00:15", "abuse@registrar-two.example")):
        put(inbox, bounce(world.post.to(recipient)[0]))
        shell.at(f"2030-01-01T{at}:00Z").say("inbox", "read")
        shell.at(f"2030-01-01T{at}:00Z").say("notices", "send")
    assert shell.cases()[world.copy]["state"] == "review"
    assert shell.cases()[world.seed]["state"] == "notified"


def test_no_answer_of_any_kind_removes_a_case(crawled: Shell, world: LittleWorld) -> None:
    shell, inbox = _with_inbox(crawled)
    shell.say("notices", "send")
    letter = world.post.to(SOUTH)[0]
    put(inbox, answer(letter, "We have removed the files and closed the account."))
    put(inbox, answer(letter, "Your message has arrived; ticket 12345.", Auto_Submitted="auto-replied"))
    stranger = answer(letter, "Buy our goods.")
    for name in ("To", "In-Reply-To", "Subject"):
        del stranger[name]
    stranger["To"] = "notice@hotline.example"
    put(inbox, stranger)
    read = shell.at("2030-01-01T00:05:00Z").json("inbox", "read")
    assert read == {"bounced": 0, "replied": 1, "automatic": 1, "unmatched": 1}
    case = shell.json("case", "1")
    assert (case["state"], case["removed_at"]) == ("notified", None)
    assert sorted(reply["kind"] for reply in case["replies"]) == ["automatic", "replied"]
    assert shell.at("2030-01-01T00:06:00Z").json("inbox", "read")["replied"] == 0


def test_silence_climbs_the_ladder_while_the_url_is_online(notified: Shell, world: LittleWorld) -> None:
    notified.at("2030-01-01T23:50:00Z").say("recheck")
    assert notified.at("2030-01-01T23:59:00Z").json("notices", "send")["sent"] == 0, "a day to answer"
    first_day = notified.at("2030-01-02T00:30:00Z")
    first_day.say("notices", "send")
    assert sorted(letter.recipient for letter in world.post.kept) == sorted([SECOND, CARRIER])
    cases = notified.cases()
    assert (cases[world.copy]["state"], cases[world.copy]["escalation"]) == ("escalated", 1)
    assert (cases[world.seed]["escalation"], cases[world.seed]["notices"]) == (0, 2), "another desk of the same host"
    upstream = _by_recipient(notified)[CARRIER]
    assert (upstream["role"], upstream["escalation"], upstream["cases"]) == (
        "upstream", 1, [cases[world.copy]["id"]],
    )  # fmt: skip
    world.post.letters.clear()
    notified.at("2030-01-03T00:20:00Z").say("recheck")
    notified.at("2030-01-03T01:00:00Z").say("notices", "send")
    assert world.seed in world.post.to(CARRIER)[0].text
    assert notified.cases()[world.seed]["escalation"] == 1


def test_nobody_is_asked_again_who_may_have_removed_it(notified: Shell, world: LittleWorld) -> None:
    world.sites.dark |= {world.host("pics"), world.host("twin"), world.host("mirror")}
    notified.at("2030-01-02T01:00:00Z").say("recheck")
    assert notified.at("2030-01-02T01:00:00Z").json("notices", "send")["sent"] == 0
    for host in list(world.sites.dark):
        world.sites.dark.discard(host)
    world.sites.remove(world.seed)
    notified.at("2030-01-03T03:00:00Z").say("recheck")
    notified.at("2030-01-03T03:00:00Z").say("notices", "send")
    assert not any(world.seed.encode() in letter.data for letter in world.post.letters), "gone at the last look"


def test_without_a_mail_server_notices_stay_queued_and_leave_when_there_is_one(
    crawled: Shell, world: LittleWorld
) -> None:
    alone = crawled.having(SMTP=None)
    assert alone.json("notices", "send") == {"sent": 0, "withheld": [], "failed": 0, "unknown": 0}
    assert {(notice["state"], notice["problem"]) for notice in alone.notices()} == {("queued", "no mail server")}
    assert any("no mail server" in problem for problem in alone.json("status")["problems"])
    assert crawled.at("2030-01-01T00:10:00Z").json("notices", "send")["sent"] == 2
    assert {(notice["state"], notice["problem"]) for notice in crawled.notices()} == {("sent", None)}


def test_a_mail_server_that_cannot_be_reached_loses_nothing(crawled: Shell, world: LittleWorld) -> None:
    nobody = crawled.having(SMTP="smtp://127.0.0.1:9")
    sent = nobody.say("notices", "send", "--json")
    assert sent.json == {"sent": 0, "withheld": [], "failed": 0, "unknown": 0}
    assert {notice["state"] for notice in crawled.notices()} == {"queued"}
    assert all(notice["problem"] for notice in crawled.notices())
    assert crawled.at("2030-01-01T00:15:00Z").json("notices", "send")["sent"] == 2
