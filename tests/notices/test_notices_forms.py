"""The text for a form: what a person pastes, what is kept of it, and what it becomes once they have."""

import asyncio
from pathlib import Path

import pytest
from notice_builders import (
    START,
    FakeSender,
    Told,
    item,
    later,
    make_case,
    make_contact,
    make_home,
    make_provider,
    order,
    with_settings,
)
from sqlmodel import select

from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.records import AuditLeaf, Contact, Notice
from hotline.words import Classification, ContactKind, ContactRole, HomeKind, NoticeState
from notices import forms, inbox, outbox, views

FORM = "https://edge.example/abuse"


def wanted(home: Home, *urls: str, form: str = FORM, **more: object) -> NoticeOrder:
    """An order to a form about fresh cases at these URLs."""
    with home.session() as session:
        known = home.vault.index("contact", form)
        contact = session.exec(select(Contact).where(Contact.address_bi == known)).first()
        if contact is None:
            contact = make_contact(home, session, form)
            contact.kind = ContactKind.FORM
            session.add(contact)
        provider = make_provider(home, session, f"Edge of {urls}")
        items = [item(make_case(home, session, url).number, url) for url in urls]
        return order(*items, to=form, contact_id=contact.number, role=ContactRole.CDN,
                     provider_id=provider.number, **more)  # fmt: skip


def shown(home: Home, wish: NoticeOrder) -> tuple[int, forms.Text]:
    with home.session() as session:
        notice, text = forms.show(home, session, wish)
        return notice.number, text


def filled(home: Home, number: int, reference: str | None = None) -> None:
    with home.session() as session:
        forms.mark_sent(home, session, session.get_one(Notice, number), "ana", reference)


def last(home: Home, form: int | None = None, case: int | None = None) -> int | None:
    with home.reading() as session:
        found = forms.last_shown(session, form, case)
        return found.number if found else None


A, B = "http://meadow.example/a.png", "http://meadow.example/b.png"


def test_the_text_has_subject_urls_role_and_the_way_to_answer(home: Home) -> None:
    wish = wanted(home, A, B)
    number, text = shown(home, wish)
    assert text.subject == (
        "Melding kinderbescherming [baseline]: verwijder 2 URL's bij Meadow Hosting / Child-protection notice"
    )
    assert text.urls == (A, B)
    assert all(url in text.text for url in (A, B))
    assert "delivered through\nyour network" in text.text, "the words for a CDN"
    assert f"or by mail to: {text.reply_to}" in " ".join(text.text.split())
    assert "/answer#" in text.text
    assert "Practice hotline, NL" in text.text
    assert number == 1


def test_the_text_speaks_of_no_message_and_no_attachment(home: Home) -> None:
    _, text = shown(home, wanted(home, A))
    assert "reply to this message" not in text.text
    assert "attached" not in text.text and "notice.csv" not in text.text
    assert "\n\n\n" not in text.text


def test_pages_that_are_hosted_there_too_stand_in_the_list(home: Home) -> None:
    page = "http://meadow.example/thread/1"
    wish = wanted(home, A)
    with_page = order(item(wish.items[0].case_id, A, pages=(page,)), to=FORM, contact_id=wish.contact_id,
                      role=ContactRole.CDN)  # fmt: skip
    _, text = shown(home, with_page)
    assert text.urls == (A, page)


def test_a_shown_text_waits_as_a_withheld_notice_that_the_outbox_leaves_alone(home: Home, told: Told) -> None:
    number, _ = shown(home, wanted(home, A))
    sender = FakeSender()
    asyncio.run(outbox.send_due(home, sender, told))
    (listed,) = views.list_notices(home)
    assert (listed["state"], listed["sent_at"], listed["attempts"]) == ("withheld", None, 0)
    assert listed["problem"] == forms.UNSAID
    assert sender.accepted == [] and told.of == []
    assert listed["id"] == number


def test_a_filled_form_is_a_sent_notice_with_its_text_and_reference(home: Home) -> None:
    number, text = shown(home, wanted(home, A))
    later(home, minutes=7)
    filled(home, number, "Ticket\n äöü-12")
    view = views.show(home, number)
    assert (view["state"], view["to"], view["role"], view["attempts"]) == ("sent", FORM, "cdn", 1)
    assert (view["sent_at"], view["problem"]) == ("2030-01-01T00:07:00Z", None)
    assert f"Form: {FORM}\n" in view["message"]
    assert "Reference: Ticket äöü-12\n" in view["message"]
    assert f"Subject: {text.subject}\n" in view["message"]
    assert text.text.splitlines() == view["message"].splitlines()[-len(text.text.splitlines()) :]
    with home.reading() as session:
        (delivery,) = views.of_case(home, session, view["cases"][0])["deliveries"]
    assert (delivery["outcome"], delivery["reply"]) == ("sent", "Ticket\n äöü-12")


def test_neither_text_nor_message_names_staff(home: Home) -> None:
    number, text = shown(home, wanted(home, A))
    filled(home, number)
    assert "ana" not in text.text.split() and "ana" not in views.show(home, number)["message"].split()


def test_the_deed_is_audited_and_says_by_whom(home: Home) -> None:
    number, _ = shown(home, wanted(home, A))
    filled(home, number)
    with home.reading() as session:
        leaves = session.exec(select(AuditLeaf).where(AuditLeaf.deed == "notice:form:sent")).all()
    assert [(leaf.actor, leaf.subject) for leaf in leaves] == [("ana", f"notice {number}")]


def test_what_was_said_is_not_recorded_twice(home: Home) -> None:
    number, _ = shown(home, wanted(home, A))
    filled(home, number)
    later(home, minutes=1)
    with pytest.raises(HotlineError, match=f"already filled in since 2030-01-01T00:00:00Z: notice {number}"):
        filled(home, number)
    assert views.list_notices(home)[0]["sent_at"] == "2030-01-01T00:00:00Z"


def test_shown_again_it_is_the_same_notice_with_a_new_deadline(home: Home) -> None:
    wish = wanted(home, A)
    number, text = shown(home, wish)
    later(home, hours=5)
    again, newer = shown(home, wish)
    assert (again, newer.reply_to) == (number, text.reply_to)
    assert "2030-01-02 05:00 UTC" in newer.text
    assert len(views.list_notices(home)) == 1


def test_another_list_of_cases_is_another_text(home: Home) -> None:
    wish = wanted(home, A, B)
    alone = order(wish.items[0], to=FORM, contact_id=wish.contact_id, role=ContactRole.CDN)
    both, one = shown(home, wish)[0], shown(home, alone)[0]
    assert both != one
    assert last(home, form=wish.contact_id) == one, "the one shown last"
    assert last(home, case=wish.items[0].case_id) == one
    assert last(home, case=wish.items[1].case_id) is None, "alone it was not shown"
    later(home, minutes=1)
    shown(home, wish)
    assert last(home, form=wish.contact_id) == both


def test_a_text_is_overtaken_by_one_that_was_sent_since(home: Home) -> None:
    wish = wanted(home, A, B)
    alone = order(wish.items[0], to=FORM, contact_id=wish.contact_id, role=ContactRole.CDN)
    shown(home, alone)
    number, _ = shown(home, wish)
    filled(home, number)
    assert last(home, form=wish.contact_id) is None
    assert last(home, case=wish.items[0].case_id) is None
    with home.reading() as session:
        before = forms.last_sent(session, wish.contact_id, None)
        assert before is not None and before.number == number
        assert forms.cases_of(session, before) == [each.case_id for each in wish.items]


def test_an_answer_to_the_address_in_the_text_finds_the_notice(home: Home, told: Told) -> None:
    number, text = shown(home, wanted(home, A))
    filled(home, number)
    inbox.take_in(home, told, f"To: {text.reply_to}\nFrom: desk@edge.example\n\nwe look".encode())
    assert told.answers == [(number, True)]


def test_in_earnest_neither_form_nor_text_is_shown(tmp_path: Path) -> None:
    home = make_home(tmp_path / "earnest", HomeKind.EARNEST)
    number, _ = shown(home, wanted(home, A))
    filled(home, number, "T-1")
    view = views.show(home, number)
    assert (view["state"], view["to"], view["message"]) == ("sent", None, None)


def test_nothing_of_the_text_lies_in_clear_in_the_database(home: Home) -> None:
    number, _ = shown(home, wanted(home, A))
    filled(home, number, "T-4711")
    home.engine.dispose()
    files = sorted(home.settings.home.glob("hotline.db*"))
    raw = b"".join(file.read_bytes() for file in files)
    assert b"notice_case" in raw, "it was read"
    for secret in (b"meadow.example", b"edge.example", b"T-4711"):
        assert secret not in raw


def test_without_a_sender_nothing_is_shown(home: Home) -> None:
    wish = wanted(home, A)
    unsigned = with_settings(home, organisation=None)
    with pytest.raises(HotlineError, match="HOTLINE_ORGANISATION"):
        shown(unsigned, wish)
    assert views.list_notices(home) == []


def test_a_provider_cannot_write_lines_into_what_is_kept(home: Home) -> None:
    wish = wanted(
        home, A, form="https://edge.example/a?b\r\nBcc: x@y.example", provider_name="Edge\r\nBcc: x@y.example"
    )
    number, text = shown(home, wish)
    assert "\n" not in text.subject
    headers = views.show(home, number)["message"].partition("\n\n")[0]
    assert "\nBcc" not in headers


def test_national_material_is_called_so(home: Home) -> None:
    wish = wanted(home, A)
    national = item(wish.items[0].case_id, A, classification=Classification.NATIONAL)
    one = order(national, to=FORM, contact_id=wish.contact_id, role=ContactRole.PLATFORM)
    number, text = shown(home, one)
    assert "[national]" in text.subject
    with home.reading() as session:
        row = session.get_one(Notice, number)
        assert (row.state, row.queued_at, row.role) == (NoticeState.WITHHELD, START, ContactRole.PLATFORM)
