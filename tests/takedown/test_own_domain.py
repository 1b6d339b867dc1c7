"""A contact on the site's own domain is never asked in silence: a person chooses, or the mandate has chosen."""

import pytest
from takedown_builders import (
    UPSTREAM,
    URL,
    bounced,
    case,
    contact,
    decided,
    located,
    opened,
    queued,
    rows,
    snapshot,
    staff,
    state,
    told,
)

from hotline import mandate, records
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Move
from hotline.words import CaseState, Decision, HomeKind
from takedown import assessment, findings, own_domain
from takedown.asking import Request
from takedown.clearance import Withheld

OWN = "abuse@meadow.example"
DIRECT = '[country."*"]\nnotify = "direct"\n'
STRICT = DIRECT + "[notice]\nask_own_domain = false\n"


def allow(home: Home, text: str) -> None:
    with home.session() as session:
        row = records.Mandate(at=home.now())
        home.vault.write(row, "text", text)
        session.add(row)


@pytest.fixture
def strict(practice_home: Home) -> Home:
    allow(practice_home, STRICT)
    return practice_home


def ready(home: Home, *contacts: str) -> int:
    number = opened(home, URL)
    located(home, number, *(contact(each) for each in contacts))
    return number


def go_on(home: Home, number: int) -> None:
    assessment.decide(home, number, Decision.CONTINUE, "a platform's desk", staff(home, "ana"))


def test_the_case_waits_for_a_person_where_only_the_site_itself_could_be_asked(strict: Home) -> None:
    number = ready(strict, OWN)
    assert decided(strict, number) == Withheld(own_domain.UNSEEN)
    assert state(strict, number) is CaseState.REVIEW


def test_a_persons_word_lets_it_be_asked(strict: Home) -> None:
    number = ready(strict, OWN)
    decided(strict, number)
    go_on(strict, number)
    request = decided(strict, number)
    assert isinstance(request, Request) and request.ask.address == OWN


def test_a_persons_word_holds_for_one_host_only(strict: Home) -> None:
    number = ready(strict, OWN)
    decided(strict, number)
    go_on(strict, number)
    located(strict, number, contact(OWN), provider={"name": "River", "asn": 64501, "country": "SE"})
    with strict.session() as session:
        found = findings.newest(strict, session, session.get_one(Case, number))
        assert found is not None
        found.row.at = strict.now().replace(hour=1)
        session.add(found.row)
    assert decided(strict, number) == Withheld(own_domain.UNSEEN)


def test_another_desk_is_asked_without_a_word_and_the_site_only_after_one(strict: Home) -> None:
    number = ready(strict, OWN, UPSTREAM)
    request = decided(strict, number)
    assert isinstance(request, Request) and request.ask.address == UPSTREAM
    bounced(strict, queued(strict, number, to=UPSTREAM))
    assert decided(strict, number) == Withheld(own_domain.UNSEEN)


def test_where_the_mandate_allows_it_the_move_says_who_was_asked(practice_home: Home) -> None:
    number = ready(practice_home, OWN)
    assert isinstance(decided(practice_home, number), Request)
    told(practice_home, number, to=OWN)
    with practice_home.reading() as session:
        assert rows(session, Move, case_id=number)[-1].reason.endswith(own_domain.ASKED)


def test_in_earnest_it_is_forbidden_until_the_mandate_allows_it() -> None:
    assert mandate.parse(DIRECT, HomeKind.EARNEST).ask_own_domain is False
    assert mandate.parse(DIRECT, HomeKind.PRACTICE).ask_own_domain is True
    assert mandate.parse(STRICT.replace("false", "true"), HomeKind.EARNEST).ask_own_domain is True
    with pytest.raises(HotlineError, match="ask_own_domain must be true or false"):
        mandate.parse("[notice]\nask_own_domain = 1", HomeKind.EARNEST)


def test_forms_alone_are_named_for_the_person_who_must_fill_them_in(practice_home: Home) -> None:
    number = opened(practice_home)
    form = snapshot(contact("https://forms.example/abuse", "cdn", "form"))
    with practice_home.session() as session:
        row = session.get_one(Case, number)
        findings.keep(practice_home, session, row, form)
        row.state = CaseState.READY
    answer = decided(practice_home, number)
    assert isinstance(answer, Withheld) and "`hotline forms` has the text" in answer.reason
    assert case(practice_home, number).state is CaseState.REVIEW
