"""How a case begins: who must have confirmed it, what joins, what waits, and that nothing is lost."""

from typing import Any

import pytest
from takedown_builders import URL, admitted, after, case, confirmed, number_of, opened, put, rows, staff, state

from hotline.home import Home
from hotline.records import Assessment, AuditLeaf, Case, Report, Staff, Ticket
from hotline.words import CaseState, Classification, Role, TicketState
from takedown import cases, embargoes, workflow
from takedown.reports import BrokenRow

PAGE = "http://forum.example/thread"


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def earnest(earnest_home: Home) -> Home:
    return earnest_home


def held(home: Home, number: int) -> Any:
    with home.reading() as session:
        return embargoes.embargo_until(session, home, session.get_one(Case, number))


def pages(home: Home, number: int) -> list[str]:
    with home.reading() as session:
        return cases.pages_of(home, session, session.get_one(Case, number))


def counts(home: Home, *tables: Any) -> list[int]:
    with home.reading() as session:
        return [len(rows(session, table)) for table in tables]


def test_a_confirmed_report_opens_a_case_with_a_ticket(home: Home) -> None:
    number = opened(
        home, page=PAGE, referrer="http://search.example/", sha256="ab" * 32, reported_at=after(days=-2),
        confirmed_at=after(days=-1), embargo_until=after(days=5),
    )  # fmt: skip
    row = case(home, number)
    assert (row.state, row.classification) == (CaseState.CONFIRMED, Classification.BASELINE)
    assert (row.reported_at, row.confirmed_at) == (after(days=-2), after(days=-1))
    assert row.assessed_sha256 == "ab" * 32
    assert home.vault.read(row, "url") == URL
    assert home.vault.read(row, "referrer") == "http://search.example/"
    assert pages(home, number) == [PAGE]
    assert held(home, number) == after(days=5)
    with home.reading() as session:
        (ticket,) = rows(session, Ticket, case_id=number)
        assert ticket.state is TicketState.OPEN
        assert len(rows(session, Assessment, case_id=number)) == 2
        assert "case:report:admitted" in [leaf.deed for leaf in rows(session, AuditLeaf)]


def test_the_same_url_joins_its_case_and_adds_what_it_knows(home: Home) -> None:
    number = opened(home, sha256="ab" * 32)
    result = admitted(
        home, confirmed(URL + "#elsewhere", page=PAGE, referrer="http://search.example/", sha256="cd" * 32,
                        embargo_until=after(days=1)),
    )  # fmt: skip
    assert (result.accepted, result.joined, result.rejected) == (0, 1, [])
    row = case(home, number)
    assert row.assessed_sha256 == "ab" * 32
    assert home.vault.read(row, "referrer") == "http://search.example/"
    assert pages(home, number) == [PAGE]
    assert held(home, number) == after(days=1)
    assert counts(home, Case, Report) == [1, 2]


def test_another_query_is_another_case(home: Home) -> None:
    result = admitted(home, confirmed(URL + "?a=1"), confirmed(URL + "?a=2"), confirmed(URL + "?a=1#x"))
    assert (result.accepted, result.joined) == (2, 1)


def test_the_same_reference_joins_and_changes_nothing(home: Home) -> None:
    number = opened(home, reference="R-1")
    before = counts(home, Case, Report, Assessment, Ticket)
    again = confirmed(reference="R-1", page=PAGE, sha256="cd" * 32, embargo_until=after(days=9))
    assert admitted(home, again, again).joined == 2
    assert counts(home, Case, Report, Assessment, Ticket) == before
    assert (case(home, number).assessed_sha256, pages(home, number), held(home, number)) == (None, [], None)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"confirmed_by": ("ana", "nobody")}, "no member of staff is named 'nobody'"),
        ({"confirmed_by": ("ana",)}, "baseline needs 2 different analysts"),
        ({"confirmed_by": ("ana", "cora")}, "only analysts confirm"),
        ({"confirmed_by": ("ana", "gone")}, "no member of staff is named 'gone'"),
        ({"url": "http://127.0.0.1/a"}, "refused"),
        ({"url": "http://0x7f.1/"}, "refused"),
        ({"url": "http://[::1]/"}, "refused"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "refused"),
        ({"url": "http://192.168.1.1/"}, "refused"),
        ({"url": "http://169.254.169.254/latest"}, "refused"),
        ({"url": "http://localhost:8000/"}, "this machine itself"),
        ({"url": "http://a.localhost/"}, "this machine itself"),
        ({"page": "http://10.0.0.1/"}, "refused"),
        ({"referrer": "http://[fe80::1]/"}, "refused"),
    ],
)
def test_a_report_that_is_not_taken_is_named_and_the_others_are_kept(
    home: Home, columns: dict[str, Any], words: str
) -> None:
    staff(home, "cora", Role.COORDINATOR)
    staff(home, "gone")
    with home.session() as session:
        rows(session, Staff, name="gone")[0].ended_at = home.now()
    url = columns.pop("url", "http://meadow.example/bad")
    good = confirmed("http://meadow.example/good")
    result = admitted(home, confirmed(url, line=2, **columns), BrokenRow(3, "not valid JSON"), good)
    assert result.accepted == 1
    first, second = result.rejected
    assert (first.line, second) == (2, BrokenRow(3, "not valid JSON"))
    assert words in first.reason
    assert "http" not in first.reason
    assert counts(home, Case, Report) == [1, 1]


def test_national_material_needs_one_analyst(home: Home) -> None:
    admitted(home, confirmed(confirmed_by=("ana",), classification=Classification.NATIONAL))
    assert state(home, number_of(home, URL)) is CaseState.CONFIRMED


def test_a_documentation_address_stands_for_a_public_one_in_practice_only(home: Home, earnest: Home) -> None:
    row = confirmed("http://198.51.100.7/a")
    assert admitted(home, row).accepted == 1
    assert "refused" in admitted(earnest, row).rejected[0].reason


def test_in_earnest_a_baseline_report_waits_for_a_second_credential(earnest: Home) -> None:
    row = confirmed(page=PAGE, sha256="ab" * 32, referrer="http://search.example/", embargo_until=after(days=5))
    first = admitted(earnest, row, by="ana")
    assert (first.accepted, first.joined, first.rejected) == (0, 0, [])
    assert [each.line for each in first.waiting] == [2]
    assert counts(earnest, Case) == [0]
    again = admitted(earnest, row, by="ana")
    assert (again.accepted, len(again.waiting)) == (0, 1)
    second = admitted(earnest, confirmed(), by="ben")
    assert (second.accepted, second.joined, second.waiting) == (1, 0, [])
    number = number_of(earnest, URL)
    with earnest.reading() as session:
        assert {row.case_id for row in rows(session, Report)} == {number}
        assert {row.staff_id for row in rows(session, Assessment, case_id=number)} == {1, 2}


def test_what_the_first_analyst_reported_is_not_lost_while_it_waits(earnest: Home) -> None:
    row = confirmed(page=PAGE, sha256="ab" * 32, referrer="http://search.example/", embargo_until=after(days=5))
    admitted(earnest, row, by="ana")
    with earnest.reading() as session:
        assert "report:confirmation:given" in [leaf.deed for leaf in rows(session, AuditLeaf)]
    admitted(earnest, confirmed(), by="ben")
    number = number_of(earnest, URL)
    opened_case = case(earnest, number)
    assert opened_case.assessed_sha256 == "ab" * 32
    assert earnest.vault.read(opened_case, "referrer") == "http://search.example/"
    assert pages(earnest, number) == [PAGE]
    assert held(earnest, number) == after(days=5)


def test_a_waiting_reference_may_come_again_but_only_a_second_analyst_brings_it_on(earnest: Home) -> None:
    row = confirmed(reference="R-1")
    admitted(earnest, row, by="ana")
    before = counts(earnest, Report, Assessment)
    assert len(admitted(earnest, row, by="ana").waiting) == 1
    assert counts(earnest, Report, Assessment) == before
    assert admitted(earnest, row, by="ben").accepted == 1
    assert admitted(earnest, row, by="ana").joined == 1


def test_in_earnest_the_names_in_the_file_count_for_nothing(earnest: Home) -> None:
    admitted(earnest, confirmed(confirmed_by=("ana", "ben")), by="ana")
    with earnest.reading() as session:
        assert [row.staff_id for row in rows(session, Assessment)] == [1]


def test_in_earnest_one_credential_suffices_for_national_material(earnest: Home) -> None:
    row = confirmed(confirmed_by=("ana",), classification=Classification.NATIONAL)
    assert admitted(earnest, row).accepted == 1


def test_a_report_of_an_ended_case_opens_it_again_with_another_episode(home: Home) -> None:
    number = opened(home)
    with home.session() as session:
        for ticket in rows(session, Ticket):
            ticket.state = TicketState.DONE
    put(home, number, state=CaseState.CLOSED, removed_at=after(days=-9), first_gone_at=after(days=-9))
    assert admitted(home, confirmed()).joined == 1
    row = case(home, number)
    assert (row.state, row.episode, row.removed_at, row.first_gone_at) == (CaseState.CONFIRMED, 2, None, None)
    with home.reading() as session:
        assert [ticket.state for ticket in rows(session, Ticket)] == [TicketState.DONE, TicketState.OPEN]


def test_in_earnest_one_word_does_not_undo_a_rejection(earnest: Home) -> None:
    admitted(earnest, confirmed(), by="ana")
    admitted(earnest, confirmed(), by="ben")
    number = number_of(earnest, URL)
    put(earnest, number, state=CaseState.REJECTED)
    assert len(admitted(earnest, confirmed(), by="ana").waiting) == 1
    assert state(earnest, number) is CaseState.REJECTED
    assert admitted(earnest, confirmed(), by="ben").joined == 1
    assert state(earnest, number) is CaseState.CONFIRMED
    with earnest.reading() as session:
        assert {row.case_id for row in rows(session, Report)} == {number}


def test_a_report_of_a_removed_case_makes_it_due_at_once(home: Home) -> None:
    number = opened(home)
    put(home, number, state=CaseState.REMOVED, removed_at=after(days=-2), due_at=after(days=3))
    admitted(home, confirmed())
    row = case(home, number)
    assert (row.state, row.due_at) == (CaseState.REMOVED, home.now())


def test_a_used_ticket_is_given_again_only_for_a_new_page(home: Home) -> None:
    opened(home, page=PAGE)
    with home.session() as session:
        rows(session, Ticket)[0].state = TicketState.DONE
    admitted(home, confirmed(page=PAGE))
    assert counts(home, Ticket) == [1]
    admitted(home, confirmed(page="http://forum.example/another"))
    assert counts(home, Ticket) == [2]


def test_nothing_of_a_report_lies_in_the_clear(home: Home) -> None:
    opened(home, page=PAGE, reference="REFERENCE-1", source="partner.example", note="a note of somebody")
    home.engine.dispose()
    stored = b"".join(file.read_bytes() for file in home.settings.home.rglob("*") if file.is_file())
    for text in ("meadow", "forum", "REFERENCE-1", "partner.example", "somebody"):
        assert text.encode() not in stored


def test_every_state_is_either_joined_or_opened_again(home: Home) -> None:
    number = opened(home)
    for each in CaseState:
        put(home, number, state=each)
        assert admitted(home, confirmed()).joined == 1
        expected = CaseState.CONFIRMED if each in workflow.ENDED else each
        assert state(home, number) is expected
