"""When a form is next: never before mail to those who host it, and then by the rules of the ladder. Pure."""

from datetime import datetime

import pytest
from homes import START
from takedown_builders import after

from hotline.words import ContactKind, ContactRole
from takedown.escalation import Asked, Exhausted, NotYet, Rung, next_request
from takedown.next_form import ByHand, Reach, next_form

CDN_FORM = Reach("https://edge.example/abuse", ContactRole.CDN, ContactKind.FORM, True)
HOST_FORM = Reach("https://host.example/abuse", ContactRole.HOST, ContactKind.FORM, True)
NAMES_FORM = Reach("https://names.example/abuse", ContactRole.REGISTRAR, ContactKind.FORM, True)
HOST_MAIL = Reach("abuse@host.example", ContactRole.HOST, ContactKind.EMAIL, True)
DEAD_MAIL = Reach("abuse@host.example", ContactRole.HOST, ContactKind.EMAIL, False)
NAMES_MAIL = Reach("abuse@names.example", ContactRole.REGISTRAR, ContactKind.EMAIL, True)


def filled(form: Reach, **at: float) -> Asked:
    return Asked(form.address, form.role, after(**at))


def found(*reaches: Reach, asked: tuple[Asked, ...] = (), seen: datetime | None = None, **now: float) -> ByHand | None:
    moment = after(**now)
    return next_form(reaches, asked, seen or moment, moment)


def test_where_only_forms_are_known_the_first_is_next() -> None:
    answer = found(CDN_FORM, NAMES_FORM)
    assert answer is not None
    assert (answer.ask.address, answer.ask.round, answer.ask.escalation) == (CDN_FORM.address, 1, 0)
    assert answer.why == "only forms are known"


@pytest.mark.parametrize(
    ("reaches", "why"),
    [
        ((CDN_FORM, NAMES_MAIL), "no mail address of those who host it is known"),
        ((DEAD_MAIL, CDN_FORM, NAMES_MAIL), "no mail address of those who host it can be written to"),
        ((DEAD_MAIL, NAMES_FORM), "no mail address of those who host it can be written to"),
    ],
)
def test_why_it_is_a_form_is_said(reaches: tuple[Reach, ...], why: str) -> None:
    answer = found(*reaches)
    assert answer is not None and answer.why == why


@pytest.mark.parametrize(
    "reaches",
    [
        (HOST_MAIL, HOST_FORM),
        (CDN_FORM, HOST_MAIL),
        (NAMES_FORM, NAMES_MAIL),
        (HOST_MAIL,),
        (),
        (Reach(CDN_FORM.address, ContactRole.CDN, ContactKind.FORM, False),),
    ],
)
def test_no_form_is_next_where_mail_goes_to_those_who_can_remove_it(reaches: tuple[Reach, ...]) -> None:
    assert found(*reaches) is None


def test_a_filled_form_waits_and_then_the_next_form_is_asked() -> None:
    once = (filled(CDN_FORM),)
    assert found(CDN_FORM, NAMES_FORM, asked=once, hours=23) is None
    assert found(CDN_FORM, NAMES_FORM, asked=once, seen=START, hours=25) is None, "not seen online since"
    answer = found(CDN_FORM, NAMES_FORM, asked=once, hours=24)
    assert answer is not None
    assert (answer.ask.address, answer.ask.escalation) == (NAMES_FORM.address, 1)
    assert [(each.role, each.at) for each in answer.ask.asked_before] == [(ContactRole.CDN, START)]


def test_the_last_form_is_filled_in_again_after_three_days() -> None:
    once = (filled(CDN_FORM),)
    assert found(CDN_FORM, asked=once, hours=71) is None
    answer = found(CDN_FORM, asked=once, hours=72)
    assert answer is not None and answer.ask.round == 2
    assert "filled in before" in answer.why


def test_who_was_asked_by_mail_meanwhile_is_named_as_asked_before() -> None:
    mail = Asked(NAMES_MAIL.address, NAMES_MAIL.role, after(hours=1))
    failed = Asked(DEAD_MAIL.address, DEAD_MAIL.role, START, failed=True)
    answer = found(DEAD_MAIL, CDN_FORM, NAMES_MAIL, asked=(failed, mail), hours=2)
    assert answer is not None
    assert [each.role for each in answer.ask.asked_before] == [ContactRole.REGISTRAR]
    assert answer.ask.escalation == 1, "as with mail: the dead desk of the host stands below"


FILLED = Rung(CDN_FORM.address, ContactRole.CDN, alive=False, by_hand=True)
NAMES = Rung(NAMES_MAIL.address, ContactRole.REGISTRAR)


def test_after_a_filled_form_the_ladder_goes_on_from_there_and_says_so() -> None:
    ask = next_request([FILLED, NAMES], [filled(CDN_FORM)], after(hours=24), after(hours=24))
    assert getattr(ask, "address", ask) == NAMES.address
    assert getattr(ask, "escalation", ask) == 1
    early = next_request([FILLED, NAMES], [filled(CDN_FORM)], after(hours=1), after(hours=1))
    assert isinstance(early, NotYet)


def test_a_filled_form_is_never_asked_by_a_notice_and_goes_back_to_a_person() -> None:
    once = [filled(CDN_FORM)]
    assert isinstance(next_request([FILLED], once, after(hours=71), after(hours=71)), NotYet)
    answer = next_request([FILLED], once, after(hours=73), after(hours=73))
    assert isinstance(answer, Exhausted)


def test_a_form_that_came_back_leaves_nobody() -> None:
    failed = [Asked(DEAD_MAIL.address, DEAD_MAIL.role, START, failed=True)]
    ladder = [Rung(DEAD_MAIL.address, DEAD_MAIL.role)]
    assert isinstance(next_request(ladder, failed, None, after(hours=1)), Exhausted)
