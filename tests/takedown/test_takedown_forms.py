"""Forms that wait for a person: which cases, why not, and what a filled form does to them."""

import pytest
from homes import later
from takedown_builders import (
    HOST,
    REGISTRAR,
    URL,
    admitted,
    after,
    bounced,
    case,
    confirmed,
    contact,
    decided,
    dedicate,
    digests,
    located,
    number_of,
    opened,
    put,
    queued,
    rows,
    seen,
    staff,
    state,
)
from takedown_builders import look as online

from hotline import records
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Move, Notice
from hotline.words import (
    CaseState,
    ContactKind,
    ContactRole,
    Decision,
    EmbargoScope,
    NoticeState,
    Origin,
    ToldDecision,
    ToldKind,
)
from takedown import asking, assessment, findings, form_views, forms, holding, told
from takedown.asking import Request
from takedown.hints import Hint

FORM = "https://edge.example/abuse"
CDN = contact(FORM, "cdn", "form")
NAMES = contact(REGISTRAR, "registrar")


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


def waiting(home: Home) -> list[forms.Waiting]:
    with home.reading() as session:
        return list(forms.waiting(home, session))


def offered(home: Home) -> list[int]:
    return [each.number for each in waiting(home) if each.withheld is None]


def withheld(home: Home) -> list[str | None]:
    return [each.withheld for each in waiting(home)]


def only_a_form(home: Home, url: str = URL) -> int:
    number = opened(home, url)
    located(home, number, CDN)
    return number


def fill_in(home: Home, *numbers: int, form: str = FORM, role: str = "cdn", escalation: int = 0) -> int:
    actor = staff(home, "ana")
    notice = queued(home, *numbers, to=form, role=role, escalation=escalation)
    with home.session() as session:
        row = session.get_one(Notice, notice)
        row.state, row.sent_at = NoticeState.SENT, home.now()
        session.add(row)
        session.flush()
        forms.was_filled_in(home, session, row, actor)
    return notice


def reason(home: Home, number: int) -> str:
    with home.reading() as session:
        last: Move = rows(session, Move, case_id=number)[-1]
        return last.reason


def test_a_case_of_which_only_a_form_is_known_is_in_review_and_waits_for_it(home: Home) -> None:
    number = only_a_form(home)
    assert state(home, number) is CaseState.REVIEW
    (found,) = waiting(home)
    assert (found.number, found.role, found.withheld) == (number, ContactRole.CDN, None)
    assert (found.request.ask.address, found.why) == (FORM, "only forms are known")


def test_a_case_waits_for_the_form_of_its_host_while_the_registrar_is_asked_by_mail(home: Home) -> None:
    number = opened(home)
    located(home, number, CDN, NAMES)
    assert state(home, number) is CaseState.READY
    assert offered(home) == [number]
    dedicate(home, number)
    answer = decided(home, number)
    assert isinstance(answer, Request) and answer.ask.address == REGISTRAR, "no notice goes to a form"


def test_where_the_host_can_be_written_to_no_form_waits_until_its_mail_comes_back(home: Home) -> None:
    number = opened(home)
    located(home, number, contact(HOST), contact(FORM, "host", "form"))
    assert waiting(home) == []
    bounced(home, queued(home, number))
    assert state(home, number) is CaseState.REVIEW
    (found,) = waiting(home)
    assert found.why == "no mail address of those who host it can be written to"
    assert found.withheld is None


def test_one_form_gathers_its_cases_and_other_roles_stand_apart(home: Home) -> None:
    first, second = only_a_form(home), only_a_form(home, "http://meadow.example/files/b.png")
    third = opened(home, "http://brook.example/c.png")
    located(home, third, contact(FORM, "registrar", "form"))
    with home.reading() as session:
        listed = form_views.listing(home, session)
        assert form_views.count(home, session) == (2, 3)
    assert [(row["address"], row["role"], row["cases"]) for row in listed] == [
        (FORM, "cdn", [first, second]),
        (FORM, "registrar", [third]),
    ]
    assert listed[0]["provider"] == {"name": "Meadow Hosting", "asn": 64500, "country": "NL"}


def test_in_earnest_the_list_names_no_address(earnest_home: Home) -> None:
    allow(earnest_home, '[country."*"]\nnotify = "direct"\n')
    for name in ("ana", "ben"):
        admitted(earnest_home, confirmed(), by=name)
    number = number_of(earnest_home, URL)
    located(earnest_home, number, CDN)
    with earnest_home.reading() as session:
        (row,) = form_views.listing(earnest_home, session)
    assert (row["address"], row["cases"]) == (None, [number])
    assert "edge.example" not in str(row) and "meadow.example" not in str(row)


def allow(home: Home, text: str) -> None:
    with home.session() as session:
        row = records.Mandate(at=home.now())
        home.vault.write(row, "text", text)
        session.add(row)


def test_no_form_waits_once_a_person_has_accepted_a_mail_contact(home: Home) -> None:
    number = opened(home)
    located(home, number, CDN, NAMES)
    assert offered(home) == [number]
    actor = staff(home, "ana")
    hint = told.note(home, number, Hint(ToldKind.CONTACT, "desk@brook-racks.example"), "by telephone", actor)
    assert offered(home) == [number], "what is told is not used before a person accepts it"
    told.decide(home, hint, ToldDecision.ACCEPTED, "they confirm it", actor)
    assert waiting(home) == []


def test_an_embargo_withholds_a_form(home: Home) -> None:
    number = only_a_form(home)
    holding.hold(home, str(number), EmbargoScope.URL, "2030-01-02T00:00:00Z", "police", staff(home, "ana"))
    assert withheld(home) == ["embargo until 2030-01-02T00:00:00Z"]
    with home.reading() as session:
        assert form_views.listing(home, session) == []
        (row,) = form_views.listing(home, session, everything=True)
    assert (row["cases"], row["withheld"]) == (
        [],
        [{"case": number, "reason": "embargo until 2030-01-02T00:00:00Z"}],
    )


@pytest.mark.parametrize(
    ("mandate", "said"),
    [
        ('[country.NL]\nnotify = "none"\n', "the mandate forbids notices to NL"),
        ('[country.NL]\nnotify = "referral"\n', "the mandate refers cases in NL to its own hotline"),
        ('[country.SE]\nnotify = "direct"\n', "the mandate allows no notices to NL; import one that does"),
    ],
)
def test_the_mandate_withholds_a_form(home: Home, mandate: str, said: str) -> None:
    allow(home, mandate)
    only_a_form(home)
    assert withheld(home) == [said]


def test_without_enough_confirmations_no_form_is_offered(home: Home) -> None:
    number = only_a_form(home)
    with home.session() as session:
        for row in rows(session, records.Assessment, case_id=number)[1:]:
            session.delete(row)
    assert withheld(home) == ["baseline material needs 2 confirmations"]


@pytest.mark.parametrize("said", ["other content under the URL", "the embargo ended", "too many automatic cases"])
def test_a_case_that_is_in_review_for_another_reason_waits_for_an_analyst_first(home: Home, said: str) -> None:
    number = only_a_form(home)
    with home.session() as session:
        session.add(
            Move(case_id=number, to_state=CaseState.REVIEW, reason=said, actor="system", at=home.now()),
        )
    assert withheld(home) == [f"the case is in review: {said}"]


def test_other_content_that_a_look_finds_in_review_withholds_the_form(home: Home) -> None:
    number = opened(home)
    seen(home, number, online(home.now()))
    located(home, number, contact(HOST), contact(FORM, "host", "form"))
    bounced(home, queued(home, number))
    assert offered(home) == [number]
    later(home, minutes=5)
    seen(home, number, online(home.now(), digests=digests("another picture")))
    assert state(home, number) is CaseState.REVIEW
    assert withheld(home) == ["other content at the last look; an analyst must see it"]


def test_what_was_gone_at_the_last_look_is_not_put_into_a_form(home: Home) -> None:
    put(home, only_a_form(home), first_gone_at=home.now())
    assert withheld(home) == ["gone at the last look; the next look decides"]


def test_a_filled_form_lets_the_case_go_on_and_starts_its_clock(home: Home) -> None:
    number = only_a_form(home)
    notice = fill_in(home, number)
    row = case(home, number)
    assert (row.state, row.first_notice_at, row.due_at) == (CaseState.NOTIFIED, after(), after(minutes=15))
    assert reason(home, number) == f"a person filled in the form of the cdn: notice {notice}"
    assert waiting(home) == []
    with home.reading() as session:
        assert rows(session, records.Episode, case_id=number)[0].first_notice_at == after()


def test_a_case_in_review_for_another_reason_stays_there_though_its_form_was_filled_in(home: Home) -> None:
    number = only_a_form(home)
    with home.session() as session:
        session.add(Move(case_id=number, to_state=CaseState.REVIEW, reason="x", actor="system", at=home.now()))
    fill_in(home, number)
    row = case(home, number)
    assert (row.state, row.first_notice_at, row.due_at) == (CaseState.REVIEW, after(), after(minutes=15))


def test_after_silence_the_registrar_is_asked_and_told_who_was_asked_before(home: Home) -> None:
    number = opened(home)
    located(home, number, CDN, NAMES)
    dedicate(home, number)
    fill_in(home, number)
    assert state(home, number) is CaseState.NOTIFIED
    later(home, hours=25)
    assert not isinstance(decided(home, number), Request), "not seen online since"
    seen(home, number, online(home.now()))
    answer = decided(home, number)
    assert isinstance(answer, Request)
    assert (answer.ask.address, answer.ask.escalation) == (REGISTRAR, 1)
    assert [each.role for each in answer.ask.asked_before] == [ContactRole.CDN]


def test_a_form_alone_that_nobody_answers_goes_back_to_a_person_and_waits_again(home: Home) -> None:
    number = only_a_form(home)
    fill_in(home, number)
    later(home, hours=71)
    seen(home, number, online(home.now()))
    assert not isinstance(decided(home, number), Request)
    assert (state(home, number), waiting(home)) == (CaseState.NOTIFIED, [])
    later(home, hours=2)
    decided(home, number)
    assert state(home, number) is CaseState.REVIEW
    (found,) = waiting(home)
    assert (found.request.ask.round, found.withheld) == (2, None)
    fill_in(home, number)
    assert state(home, number) is CaseState.NOTIFIED


def test_the_form_further_up_makes_an_escalation(home: Home) -> None:
    number = opened(home)
    located(home, number, CDN, contact("https://names.example/abuse", "registrar", "form"))
    fill_in(home, number)
    later(home, hours=73)
    seen(home, number, online(home.now()))
    decided(home, number)
    assert state(home, number) is CaseState.REVIEW
    (found,) = waiting(home)
    assert (found.role, found.request.ask.escalation) == (ContactRole.REGISTRAR, 1)
    fill_in(home, number, form="https://names.example/abuse", role="registrar", escalation=1)
    assert (state(home, number), case(home, number).rung) == (CaseState.ESCALATED, 1)


def test_another_host_begins_its_ladder_anew(home: Home) -> None:
    number = only_a_form(home)
    fill_in(home, number)
    later(home, hours=1)
    addresses = [{"ip": "203.0.113.9", "asn": 64501, "as_name": "B", "prefix": "203.0.113.0/24", "network": "BROOK",
                  "country": "NL"}]  # fmt: skip
    provider = {"name": "Brook", "asn": 64501, "country": "NL"}
    located(home, number, contact("https://brook.example/abuse", "host", "form"), addresses=addresses,
            provider=provider)  # fmt: skip
    (found,) = waiting(home)
    assert (found.request.ask.address, found.request.ask.round) == ("https://brook.example/abuse", 1)


def test_a_near_match_of_the_crawl_waits_for_a_persons_word(home: Home) -> None:
    number = only_a_form(home)
    put(home, number, origin=Origin.CRAWL, match_kind="pdq")
    with home.session() as session:
        for row in rows(session, records.Assessment, case_id=number):
            session.delete(row)
    assert offered(home) == []


def test_a_decision_of_an_analyst_leads_back_to_the_form(home: Home) -> None:
    number = only_a_form(home)
    assessment.decide(home, number, Decision.CONTINUE, "look again", staff(home, "ana"))
    assert waiting(home) == [], "it is located anew first"
    located(home, number, CDN)
    assert offered(home) == [number]


def test_a_form_and_a_case_are_found_by_what_people_say(home: Home) -> None:
    number = only_a_form(home)
    other = only_a_form(home, "http://meadow.example/files/b.png")
    with home.reading() as session:
        form = findings.contact_of(home, session, FORM).number
        assert findings.contact_of(home, session, FORM).kind is ContactKind.FORM
        both = [FORM, FORM.upper(), f"f{form}", f"F{form}"]
        for subject in both:
            assert [each.number for each in forms.wanted(home, session, subject)] == [number, other], subject
        assert [each.number for each in forms.wanted(home, session, str(other))] == [other]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("99", "no case 99"),
        ("9" * 40, "no case"),
        ("f99", "no such form"),
        ("f", "no such form"),
        (HOST, "no such form"),
        ("", "no such form"),
    ],
)
def test_what_is_not_there_is_named(home: Home, subject: str, said: str) -> None:
    number = opened(home)
    located(home, number)
    with home.reading() as session, pytest.raises(HotlineError, match=said):
        forms.wanted(home, session, subject)


def test_a_case_that_waits_for_no_form_is_refused_with_the_reason(home: Home) -> None:
    free = opened(home)
    located(home, free)
    held = only_a_form(home, "http://brook.example/c.png")
    put(home, held, first_gone_at=home.now())
    with home.reading() as session:
        with pytest.raises(HotlineError, match=f"case {free} waits for no form"):
            forms.wanted(home, session, str(free))
        with pytest.raises(HotlineError, match="gone at the last look"):
            forms.wanted(home, session, str(held))
        with pytest.raises(HotlineError, match="no cleared case waits"):
            forms.wanted(home, session, FORM)


def test_an_order_for_a_form_names_all_its_cases_and_its_role(home: Home) -> None:
    admitted(home, confirmed(), confirmed("http://meadow.example/files/b.png", 3))
    numbers = [number_of(home, url) for url in (URL, "http://meadow.example/files/b.png")]
    for number in numbers:
        located(home, number, CDN)
    with home.session() as session:
        found = forms.wanted(home, session, FORM)
        order = forms.order(home, session, found, {numbers[0]: ("http://meadow.example/page",)})
    assert (order.to, order.role, [item.case_id for item in order.items]) == (FORM, ContactRole.CDN, numbers)
    assert order.items[0].pages == ("http://meadow.example/page",)


def test_a_text_with_a_case_that_is_over_is_refused(home: Home) -> None:
    number = only_a_form(home)
    notice = queued(home, number, to=FORM, role="cdn")
    put(home, number, state=CaseState.REMOVED)
    with home.reading() as session, pytest.raises(HotlineError, match=f"case {number} is removed by now"):
        forms.demand_open(session, session.get_one(Notice, notice))
    with home.reading() as session:
        assert asking.cases_of(session, session.get_one(Notice, notice))[0].id == session.get_one(Case, number).id
