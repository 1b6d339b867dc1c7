"""A case's history reads like sentences."""

from typing import Any

import pytest

from commands.timeline import told

FILE = "https://pics.example/a.jpg"


def at(day: int, clock: str) -> str:
    return f"2030-01-{day:02}T{clock}:00Z"


def look(day: int, clock: str, outcome: str = "online", reason: str = "the same content is served", **more: Any) -> Any:
    row = {"at": at(day, clock), "vantage": "direct", "outcome": outcome, "reason": reason, "status": 200}
    return row | {"sha256": None, "distance": None, "bytes": 5120} | more


def move(day: int, clock: str, source: str | None, to: str, reason: str) -> Any:
    return {"at": at(day, clock), "from": source, "to": to, "reason": reason, "actor": "system"}


def notice(number: int, day: int, clock: str, role: str = "host", **more: Any) -> Any:
    row = {"id": number, "provider": {"name": "Meadow"}, "to": f"abuse@{role}.example", "role": role, "round": 1}
    return row | {"escalation": 0, "sent_at": at(day, clock)} | more


def sent(number: int, day: int, clock: str, outcome: str = "sent", code: int | None = 250) -> Any:
    return {"notice": number, "at": at(day, clock), "outcome": outcome, "code": code}


def word(decision: str, reason: str, classification: str | None = None) -> Any:
    row = {"at": at(1, "08:00"), "by": "ana", "decision": decision}
    return row | {"classification": classification, "reason": reason}


def case(**more: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": 7, "url": FILE, "state": "removed", "classification": "baseline", "origin": "report", "match": None,
        "provider": {"name": "Meadow", "asn": 64500, "country": "NL"}, "episode": 1, "found_on": [],
        "embargo_until": None, "due_at": at(9, "05:57"), "findings": [], "notices": [], "deliveries": [],
        "replies": [], "answers": [], "moves": [], "assessments": [], "observations": [],
    }  # fmt: skip
    document |= more
    document["evidence"] = [row.pop("facts", {}) for row in document["observations"]]
    moments = dict.fromkeys(row["at"] for row in document["observations"])
    rows = [next(row for row in document["observations"] if row["at"] == moment) for moment in moments]
    document["verdicts"] = [{"at": row["at"], "outcome": row["outcome"], "reason": row["reason"]} for row in rows]
    return document


def history(document: dict[str, Any], *, every_look: bool = False) -> list[str]:
    """What happened, without the head and the last line."""
    lines = told(document, every_look=every_look)
    return lines[lines.index("") + 1 : -2]


REMOVED = case(
    assessments=[word("confirm", "", "baseline")],
    observations=[
        look(1, "09:00"), look(1, "09:15"), look(1, "10:00", reason="the same file, by its validator"),
        look(1, "14:00", "gone", "answered 404"), look(1, "17:00", "unclear", "the answer took too long"),
        look(1, "20:00", "gone", "answered 404"), look(2, "02:00", "gone", "answered 404"),
        look(2, "10:00", "gone", "answered 404"),
    ],
    moves=[
        move(1, "09:00", None, "confirmed", "confirmed by analysts"), move(1, "09:00", "confirmed", "ready", "located"),
        move(1, "09:00", "ready", "notified", "notice 5 sent"),
        move(1, "20:00", "notified", "removed", "answered 404"),
    ],
    findings=[
        {
            "observed_at": at(1, "12:00"), "certainty": "origin",
            "provider": {"name": "Meadow", "asn": 64500, "country": "NL"},
        },
    ],
    notices=[notice(5, 1, "09:00")],
    deliveries=[sent(5, 1, "09:00")],
)  # fmt: skip


def test_a_case_from_report_to_removal_reads_in_order() -> None:
    assert history(REMOVED) == [
        "  2030-01-01 08:00  ana confirmed it as baseline.",
        "  2030-01-01 09:00  The case was opened: confirmed by analysts.",
        "  2030-01-01 09:00  Seen online: the same content is served.",
        "  2030-01-01 09:00  Located: Meadow (NL, AS64500).",
        "  2030-01-01 09:00  Notice 5 left: the host Meadow, abuse@host.example.",
        "  2030-01-01 09:15  Seen online 2 times, the last at 2030-01-01 10:00: the same content is served; the same "
        "file, by its validator.",
        "  2030-01-01 14:00  Found gone: answered 404.",
        "  2030-01-01 17:00  No look could tell: the answer took too long.",
        "  2030-01-01 20:00  Found gone: answered 404.",
        "  2030-01-01 20:00  Removed: two looks, 6 hours apart, found it gone, and none between found it. Gone since "
        "2030-01-01 14:00, 5 hours after the first notice.",
        "  2030-01-02 02:00  Still gone 2 times, the last at 2030-01-02 10:00: answered 404.",
    ]


def test_the_head_says_what_it_is_and_the_end_what_is_next() -> None:
    lines = told(REMOVED | {"embargo_until": at(3, "00:00"), "found_on": ["https://board.example/t/1"]})
    assert lines[:6] == [
        "Case 7 is removed: baseline, from a confirmed report",
        f"  {FILE}",
        "  hosted by Meadow (NL, AS64500)",
        "  seen on https://board.example/t/1",
        "  under an embargo until 2030-01-03 00:00",
        "  times are UTC",
    ]
    assert lines[-1] == "Next look: 2030-01-09 05:57."
    assert told(REMOVED | {"due_at": None})[-1] == "No look is planned."
    behind = REMOVED | {"findings": [REMOVED["findings"][0] | {"certainty": "cdn_edge"}]}
    assert told(behind)[2] == "  hosted behind the CDN Meadow (NL, AS64500)"
    match = {"kind": "pdq", "list": "baseline", "distance": 8}
    again = told(REMOVED | {"origin": "crawl", "match": match, "episode": 2, "provider": None, "url": None})
    assert again[0] == "Case 7 is removed, episode 2: baseline, from the crawl, which matched pdq of the list baseline"
    assert again[1:3] == ["  (address withheld)", "  who hosts it is not known"]


def test_each_look_by_itself_has_its_evidence() -> None:
    facts = {
        "peer": "198.51.100.7", "media_type": "image/jpeg", "replayed": True, "control": False,
        "names": [{"resolver": "192.0.2.53", "outcome": "answer"}],
        "tls": {"version": "TLSv1.3", "valid_until": at(31, "00:00")},
    }  # fmt: skip
    rows = [look(1, "09:00", sha256="ab" * 32, distance=4, facts=facts), look(1, "09:00", vantage="far", status=None)]
    document = case(observations=[*rows, look(1, "09:15", facts={"fault_reason": "the answer took too long"})])
    assert history(document, every_look=True) == [
        "  2030-01-01 09:00  Seen online: the same content is served, from direct and far.",
        "      direct: 200 from 198.51.100.7; image/jpeg; 5,120 bytes; SHA-256 abababababababab…; PDQ distance 4; "
        "TLSv1.3, certificate until 2030-01-31 00:00; names: answer by 192.0.2.53; by the confirming path; our canary "
        "was not seen",
        "      far: no answer; 5,120 bytes",
        "  2030-01-01 09:15  Seen online: the same content is served.",
        "      direct: 200; 5,120 bytes",
    ]


def test_a_case_that_came_back_has_a_clock_of_its_own() -> None:
    document = case(
        observations=[
            look(1, "10:00", "gone", "answered 404"), look(1, "16:00", "gone", "answered 404"), look(4, "12:00"),
            look(5, "12:00", "gone", "answered 410"), look(5, "18:00", "gone", "answered 410"),
        ],
        moves=[move(1, "16:00", "notified", "removed", "answered 404"),
               move(4, "12:00", "removed", "reappeared", "the same content is served"),
               move(5, "18:00", "notified", "removed", "answered 410")],
        notices=[notice(1, 1, "08:00"), notice(2, 4, "12:00")],
        deliveries=[sent(2, 4, "12:00")],
    )  # fmt: skip
    lines = history(document)
    assert lines[1].endswith("Gone since 2030-01-01 10:00, 2 hours after the first notice.")
    assert lines[2:5] == [
        "  2030-01-04 12:00  Seen online: the same content is served.",
        "  2030-01-04 12:00  It is back: the same content is served. A new episode begins, with a clock of its own.",
        "  2030-01-04 12:00  Notice 2 left: the host Meadow, abuse@host.example.",
    ]
    assert lines[-1].endswith("Gone since 2030-01-05 12:00, 24 hours after the first notice.")


def test_who_was_asked_next_and_what_they_said() -> None:
    document = case(
        notices=[notice(1, 1, "08:00"), notice(2, 2, "08:00", "upstream", escalation=1, round=2, to=None)],
        deliveries=[
            sent(1, 1, "07:00", "deferred", 451), sent(1, 1, "08:00"), sent(2, 2, "08:00"),
            sent(2, 2, "09:00", "refused", None), sent(2, 2, "09:30", "unknown", None),
        ],
        replies=[
            {"received_at": at(3, "00:00"), "notice": 1, "kind": "replied", "says": "removed"},
            {"received_at": at(3, "01:00"), "notice": 1, "kind": "automatic", "says": None},
            {"received_at": at(3, "02:00"), "notice": 2, "kind": "bounced", "says": None},
        ],
        answers=[
            {"at": at(4, "00:00"), "notice": 1, "way": "page", "answer": "need_time", "note": "a\nday",
             "grace_until": at(5, "00:00")},
            {"at": at(4, "01:00"), "notice": 1, "way": "mail", "answer": "removed", "note": None, "grace_until": None},
        ],
    )  # fmt: skip
    assert [line[20:] for line in history(document)] == [
        "Notice 1 was not taken for now (code 451); it is tried again.",
        "Notice 1 left: the host Meadow, abuse@host.example.",
        "Notice 2 left, reminder 1: the next was asked: the upstream of Meadow.",
        "Notice 2 was refused for good.",
        "Whether notice 2 arrived is not known: no answer came after its last byte.",
        "An answer to notice 1 came. It says that it has removed it; a look decides.",
        "An automatic answer to notice 1 came.",
        "Notice 2 came back: its recipient cannot be reached.",
        "The recipient of notice 1 says that it needs time. It has time until 2030-01-05 00:00. In its own "
        "words: a day",
    ]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("confirmed", "The case goes on, and is located anew: x."),
        ("escalated", "The case goes on: x."),
        ("referred", "Referred to another authority: x."),
        ("review", "Waits for a person: x."),
        ("closed", "Closed: x."),
        ("rejected", "Rejected: x."),
        ("removed", "Removed: x."),
        ("ready", "Who hosts it is known."),
    ],
)
def test_every_move_is_a_sentence(to: str, words: str) -> None:
    assert history(case(moves=[move(1, "08:00", "notified", to, "x")])) == [f"  2030-01-01 08:00  {words}"]


@pytest.mark.parametrize(
    ("decision", "words"),
    [("reject", "ana rejected it: no."), ("continue", "ana let it go on: no."), ("close", "ana closed it: no.")],
)
def test_a_person_s_word_is_a_sentence(decision: str, words: str) -> None:
    assert history(case(assessments=[word(decision, "no")])) == [f"  2030-01-01 08:00  {words}"]
