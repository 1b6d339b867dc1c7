"""Cases as they are printed: the contract's shape, and no address in an earnest home unless one is revealed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from homes import later
from takedown_builders import (
    HOST,
    NEAR,
    REGISTRAR,
    URL,
    admitted,
    after,
    bounced,
    case,
    confirmed,
    contact,
    found,
    located,
    look,
    number_of,
    opened,
    put,
    rows,
    seen,
    staff,
    told,
)

from hotline.errors import Forbidden, HotlineError
from hotline.facts import NameSaid
from hotline.home import Home
from hotline.records import AuditLeaf, Case, Delivery, Reply, Reveal
from hotline.staff import SYSTEM
from hotline.words import CaseState, Decision, DeliveryOutcome, EmbargoScope, ReplyKind
from takedown import assessment, cases, holding, revealing, views

COPY = "http://images.example/copy.png"
ADDRESS = re.compile(r"://|@|\.example|\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*::[0-9a-f]*", re.IGNORECASE)
SUMMARY = {
    "id": int, "url": str, "state": str, "classification": str, "origin": str, "found_on": list, "match": None,
    "opened_at": str, "first_notice_at": str, "last_online_at": str, "removed_at": None, "embargo_until": str,
    "provider": dict, "notices": int, "escalation": int, "episode": int, "due_at": str,
}  # fmt: skip
HISTORY = (
    "observations",
    "evidence",
    "verdicts",
    "findings",
    "notices",
    "deliveries",
    "replies",
    "answers",
    "moves",
    "assessments",
)
OBSERVATION = {
    "at", "vantage", "outcome", "reason", "status", "sha256", "md5", "sha1", "pdq", "distance", "bytes",
}  # fmt: skip


def full(home: Home) -> int:
    """A case with something in every part of its history."""
    admitted(home, confirmed(page="http://forum.example/1", referrer="http://search.example/"), by="ana")
    admitted(home, confirmed(), by="ben")
    number = number_of(home, URL)
    located(home, number, contact(), contact(REGISTRAR, "registrar"), problems=["meadow.example did not answer"])
    notice = told(home, number)
    with home.session() as session:
        delivery = Delivery(notice_id=notice, attempt=1, outcome=DeliveryOutcome.SENT, code=250, at=home.now())
        home.vault.write(delivery, "reply", "250 queued for abuse@meadow-hosting.example")
        session.add(delivery)
        session.add(Reply(notice_id=notice, kind=ReplyKind.REPLIED, content_bi=b"c" * 32, received_at=home.now()))
    seen(home, number, look(final_url="http://hidden.example/", peer="198.51.100.7"))
    put(home, number, state=CaseState.REVIEW)
    reason = "moved to http://hidden.example/, says abuse@meadow-hosting.example"
    assessment.decide(home, number, Decision.CONTINUE, reason, staff(home, "ana"))
    holding.hold(home, URL, EmbargoScope.HOST, "2030-02-01T00:00:00Z", "the police", staff(home, "ana"))
    return number


def detail(home: Home, number: int, *, reveal: bool = False) -> dict[str, Any]:
    with home.reading() as session:
        row = session.get_one(Case, number)
        return views.detail(home, session, row, lambda notice: {"id": notice}, reveal)


def texts(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from (key, *texts(value))
    elif isinstance(document, list):
        for value in document:
            yield from texts(value)
    elif isinstance(document, str):
        yield document


@pytest.fixture
def practice(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def earnest(earnest_home: Home) -> Home:
    return earnest_home


def test_a_case_has_the_contracts_shape(practice: Home) -> None:
    full(practice)
    with practice.reading() as session:
        (summary,) = views.listing(practice, session)
    assert list(summary) == list(SUMMARY)
    for name, kind in SUMMARY.items():
        assert summary[name] is None if kind is None else isinstance(summary[name], kind), name
    assert (summary["url"], summary["found_on"]) == (URL, ["http://forum.example/1"])
    assert summary["provider"] == {"name": "Meadow Hosting", "asn": 64500, "country": "NL"}
    assert (summary["embargo_until"], summary["notices"]) == ("2030-02-01T00:00:00Z", 1)
    assert json.loads(json.dumps(summary)) == summary


def test_a_case_of_the_crawl_tells_its_match(practice: Home) -> None:
    parent = opened(practice)
    with practice.session() as session:
        cases.open_found(practice, session, found(COPY, parent, match=NEAR))
    with practice.reading() as session:
        row = session.get_one(Case, number_of(practice, COPY))
        summary = views.summary(practice, session, row)
    assert summary["match"] == {"list": "baseline", "kind": "pdq", "distance": 12}
    assert (summary["origin"], summary["provider"], summary["due_at"]) == ("crawl", None, None)


def test_a_case_has_its_whole_history_oldest_first(practice: Home) -> None:
    number = full(practice)
    later(practice, hours=1)
    seen(practice, number, look(practice.now(), status=404, digests=None))
    document = detail(practice, number)
    assert set(document) == {*SUMMARY, *HISTORY}
    assert all(isinstance(document[part], list) for part in HISTORY)
    assert [row["outcome"] for row in document["observations"]] == ["online", "gone"]
    assert [(row["outcome"], row["looks"]) for row in document["verdicts"]] == [("online", 1), ("gone", 1)]
    assert all(set(row) == OBSERVATION for row in document["observations"])
    assert [row["at"] for row in document["moves"]] == sorted(row["at"] for row in document["moves"])
    assert [row["to"] for row in document["moves"]][:3] == ["confirmed", "ready", "notified"]
    assert document["notices"] == [{"id": 1}]
    assert document["deliveries"][0]["reply"].startswith("250 queued")
    assert document["replies"][0]["kind"] == "replied"
    assert document["findings"][0]["contacts"][0]["address"] == HOST
    decisions = [(row["by"], row["decision"]) for row in document["assessments"]]
    assert decisions[-1] == ("ana", "continue")
    assert json.loads(json.dumps(document)) == document


def test_in_earnest_no_address_stands_anywhere_in_what_is_printed(earnest: Home) -> None:
    number = full(earnest)
    document = detail(earnest, number)
    with earnest.reading() as session:
        listed = views.listing(earnest, session)
    leaks = [text for text in texts([document, listed]) if ADDRESS.search(text) and not text.endswith("Z")]
    assert leaks == []
    assert (document["url"], document["found_on"]) == (None, [])
    assert document["findings"][0]["contacts"][0]["role"] == "host"


def test_what_a_finding_may_come_to_tell_is_withheld_until_somebody_opens_it(earnest: Home) -> None:
    admitted(earnest, confirmed(), by="ana")
    admitted(earnest, confirmed(), by="ben")
    number = number_of(earnest, URL)
    located(earnest, number, told_origin="198.51.100.7", holders=["me@meadow.example"], something_new="of tomorrow")
    shown = detail(earnest, number)["findings"][0]
    assert shown["provider"]["name"] == "Meadow Hosting"
    assert not {"told_origin", "holders", "something_new"} & set(shown)


def test_the_evidence_of_a_look_is_shown_and_what_names_its_host_is_withheld_in_earnest(
    practice: Home, earnest: Home
) -> None:
    def told(home: Home) -> dict[str, Any]:
        number = full(home)
        names = (NameSaid("192.0.2.53", "answer", ("198.51.100.7",)),)
        there = look(home.now(), names=names, peer="198.51.100.7", control=False, media_type="image/png")
        seen(home, number, there)
        evidence: dict[str, Any] = detail(home, number)["evidence"][-1]
        return evidence

    shown, withheld = told(practice), told(earnest)
    assert shown["names"][0]["addresses"] == ["198.51.100.7"]
    assert list(shown) == list(withheld)
    assert (withheld["names"], withheld["peer"]) == (None, None)
    assert (withheld["control"], withheld["media_type"]) == (False, "image/png")


def test_the_shape_is_the_same_in_earnest(practice: Home, earnest: Home) -> None:
    shown, withheld = detail(practice, full(practice)), detail(earnest, full(earnest))
    assert list(shown) == list(withheld)
    for part in HISTORY:
        assert [set(row) for row in shown[part]][:1] == [set(row) for row in withheld[part]][:1]


def test_what_is_revealed_is_shown_in_full(practice: Home, earnest: Home) -> None:
    document = detail(earnest, full(earnest), reveal=True)
    assert document["url"] == URL
    assert document["findings"][0]["registrar"]["abuse_email"] == REGISTRAR
    assert "hidden.example" in document["assessments"][-1]["reason"]


# ---------------------------------------------------------------------- revealing


def test_an_address_is_revealed_for_a_reason_and_that_is_recorded(earnest: Home) -> None:
    number = full(earnest)
    ana = staff(earnest, "ana")
    revealing.reveal(earnest, number, ana, "the police ask for it")
    with earnest.reading() as session:
        (row,) = rows(session, Reveal)
        assert (row.staff_id, row.case_id) == (ana.staff_id, number)
        assert earnest.vault.read(row, "reason") == "the police ask for it"
        assert "case:address:revealed" in [leaf.deed for leaf in rows(session, AuditLeaf)]


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_without_a_reason_nothing_is_revealed(earnest: Home, reason: str | None) -> None:
    number = full(earnest)
    with pytest.raises(HotlineError, match="for a reason"):
        revealing.reveal(earnest, number, staff(earnest, "ana"), reason)


def test_only_staff_reveal_and_only_what_is_there(earnest: Home) -> None:
    number = full(earnest)
    with pytest.raises(Forbidden, match="only a member of staff"):
        revealing.reveal(earnest, number, SYSTEM, "because")
    with pytest.raises(HotlineError, match="there is no case 99"):
        revealing.reveal(earnest, 99, staff(earnest, "ana"), "because")


def test_a_person_reveals_so_many_addresses_a_day_and_no_more(earnest: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert revealing.A_DAY == 40
    monkeypatch.setattr(revealing, "A_DAY", 3)
    number = full(earnest)
    ana, ben = staff(earnest, "ana"), staff(earnest, "ben")
    for _ in range(3):
        revealing.reveal(earnest, number, ana, "because")
        later(earnest, hours=7)
    with pytest.raises(Forbidden, match="ask a colleague"):
        revealing.reveal(earnest, number, ana, "because")
    revealing.reveal(earnest, number, ben, "because")
    later(earnest, hours=3)
    revealing.reveal(earnest, number, ana, "because")
    with pytest.raises(Forbidden):
        revealing.reveal(earnest, number, ana, "because")
    with earnest.reading() as session:
        assert len(rows(session, Reveal)) == 5


def test_a_bounce_is_told_without_the_address(earnest: Home) -> None:
    number = full(earnest)
    bounced(earnest, told(earnest, number))
    later(earnest, hours=1)
    document = detail(earnest, number)
    assert not [text for text in texts(document["moves"]) if ADDRESS.search(text) and not text.endswith("Z")]
    assert case(earnest, number).first_notice_at == after(hours=0)
