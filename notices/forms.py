"""The text for a form that a person fills in, and the notice that it becomes once they have.

What was shown is what counts as sent: the text is kept when it is shown, as a notice that is ``withheld`` until
somebody says that it was pasted. So the address for answers in it leads to the right notice, and a case that was not
in the text is not taken for one that was told of.
"""

import json
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.records import Contact, Delivery, Notice, NoticeCase
from hotline.words import ContactKind, DeliveryOutcome, NoticeState
from notices import tokens
from notices.languages import language_for
from notices.plain import one_line, one_token
from notices.queueing import country_of, demand_sender, frame_of, write_cases
from notices.text import Frame, content_language, subject_line, text_of

UNSAID: Final = "a text for a form; it counts once `hotline forms sent` says that it was filled in"

_POLICY: Final = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Text:
    """What a person pastes. ``urls``: the same list alone, for a form that has a box of its own for it."""

    subject: str
    text: str
    urls: tuple[str, ...]
    reply_to: str


def show(home: Home, session: Session, order: NoticeOrder) -> tuple[Notice, Text]:
    """Composes the text and keeps it, in the place of what was shown for the same cases before.

    Raises:
        HotlineError: the settings do not say who signs.
    """
    identity = demand_sender(home.settings)
    notice = _shown_before(session, order) or _new(home, session, order)
    tokens.stamp(home.vault, notice, identity.mail_from)
    notice.queued_at = home.now()
    notice.round, notice.escalation = order.round, order.escalation
    frame = frame_of(home, identity, notice, order)
    text = _text(order, frame)
    home.vault.write(notice, "bytes", _message(order, frame, text).decode("latin-1"))
    _link(home, session, notice, order)
    home.record(
        session, "system", "notice:form:shown", f"notice {notice.number}", cases=_numbers(order), to=order.to
    )  # fmt: skip
    return notice, text


def _new(home: Home, session: Session, order: NoticeOrder) -> Notice:
    notice = Notice(
        provider_id=order.provider_id,
        contact_id=order.contact_id,
        role=order.role,
        language=language_for(country_of(order)),
        state=NoticeState.WITHHELD,
        queued_at=home.now(),
    )
    home.vault.write(notice, "to", order.to)
    home.vault.write(notice, "problem", UNSAID)
    return notice


def _link(home: Home, session: Session, notice: Notice, order: NoticeOrder) -> None:
    """The pages of a case may be others than when it was shown before."""
    if notice.id is None:
        session.add(notice)
        session.flush()
        write_cases(home, session, notice, order)
        return
    links = {link.case_id: link for link in _links(session, notice)}
    for item in order.items:
        home.vault.write(links[item.case_id], "pages", json.dumps(item.pages) if item.pages else None)
        session.add(links[item.case_id])
    session.add(notice)


def _text(order: NoticeOrder, frame: Frame) -> Text:
    urls = dict.fromkeys(one_token(url) for item in order.items for url in (item.url, *item.pages))
    subject = subject_line(order, frame)
    return Text(subject, text_of(order, frame, "form"), tuple(urls), frame.return_path)


def _message(order: NoticeOrder, frame: Frame, text: Text) -> bytes:
    """The text as it is kept: in the shape of a message, so that it is shown and sealed like one."""
    message = EmailMessage(policy=_POLICY)
    message["Form"] = one_token(order.to)
    message["Reply-To"] = text.reply_to
    message["Subject"] = text.subject
    message["Date"] = format_datetime(frame.now)
    message["Content-Language"] = content_language(frame)
    message.set_content(text.text)
    return message.as_bytes()


def _shown_before(session: Session, order: NoticeOrder) -> Notice | None:
    """The text that waits for the same form, role and cases."""
    same = {(item.case_id, item.episode) for item in order.items}
    waiting = select(Notice).where(
        Notice.contact_id == order.contact_id, Notice.role == order.role, Notice.state == NoticeState.WITHHELD
    )
    found = (each for each in session.exec(waiting) if {(x.case_id, x.episode) for x in _links(session, each)} == same)
    return next(found, None)


def last_shown(session: Session, form: int | None, case: int | None) -> Notice | None:
    """The text that was shown last, for this form or for this case alone, and has not been overtaken.

    It is overtaken by a text for the same form that was sent since and names one of its cases.
    """
    shown = (
        select(Notice)
        .join(Contact, col(Notice.contact_id) == Contact.id)
        .where(Contact.kind == ContactKind.FORM, Notice.state == NoticeState.WITHHELD)
        .order_by(col(Notice.queued_at).desc(), col(Notice.id).desc())
    )
    if form is not None:
        shown = shown.where(Notice.contact_id == form)
    if case is not None:
        alone = select(NoticeCase.notice_id).group_by(col(NoticeCase.notice_id)).having(func.count() == 1)
        of_case = select(NoticeCase.notice_id).where(NoticeCase.case_id == case)
        shown = shown.where(col(Notice.id).in_(of_case), col(Notice.id).in_(alone))
    newest = session.exec(shown.limit(1)).first()
    return None if newest is None or _is_overtaken(session, newest) else newest


def _is_overtaken(session: Session, notice: Notice) -> bool:
    ours = select(NoticeCase.case_id).where(NoticeCase.notice_id == notice.number)
    later = (
        select(Notice.id)
        .join(NoticeCase, col(NoticeCase.notice_id) == Notice.id)
        .where(
            Notice.contact_id == notice.contact_id,
            Notice.state == NoticeState.SENT,
            col(NoticeCase.case_id).in_(ours),
            col(Notice.sent_at) >= notice.queued_at,
        )
    )
    return session.exec(later.limit(1)).first() is not None


def last_sent(session: Session, form: int | None, case: int | None) -> Notice | None:
    """The newest notice that went by this form, or about this case by any."""
    sent = (
        select(Notice)
        .join(Contact, col(Notice.contact_id) == Contact.id)
        .where(Contact.kind == ContactKind.FORM, Notice.state == NoticeState.SENT)
        .order_by(col(Notice.id).desc())
    )
    if form is not None:
        sent = sent.where(Notice.contact_id == form)
    if case is not None:
        sent = sent.where(col(Notice.id).in_(select(NoticeCase.notice_id).where(NoticeCase.case_id == case)))
    return session.exec(sent.limit(1)).first()


def mark_sent(home: Home, session: Session, notice: Notice, by: str, reference: str | None) -> None:
    """Somebody has filled the form in with this text; ``reference``: what its owner gave them in return.

    Raises:
        HotlineError: somebody else said so in this moment.
    """
    now = home.now()
    claim = update(Notice).where(col(Notice.id) == notice.number, col(Notice.state) == NoticeState.WITHHELD)
    if session.exec(claim.values(state=NoticeState.SENT)).rowcount != 1:
        raise HotlineError(already(notice))
    session.refresh(notice)
    # It is dated by the filling in, not by the showing: a finding that was refreshed between them is the one asked at.
    notice.queued_at = notice.sent_at = now
    notice.attempts = 1
    home.vault.write(notice, "problem", None)
    if reference:
        home.vault.write(notice, "bytes", _with_reference(home.vault.text(notice, "bytes"), reference))
    delivery = Delivery(notice_id=notice.number, attempt=1, outcome=DeliveryOutcome.SENT, at=now)
    home.vault.write(delivery, "reply", reference)
    session.add_all([notice, delivery])
    home.record(
        session, by, "notice:form:sent", f"notice {notice.number}", cases=cases_of(session, notice),
        role=notice.role.value, to=home.vault.text(notice, "to"), reference=reference,
    )  # fmt: skip
    session.flush()


def _with_reference(message: str, reference: str) -> str:
    parsed: Any = message_from_bytes(message.encode("latin-1"), policy=_POLICY)
    parsed["Reference"] = one_line(reference)
    return bytes(parsed.as_bytes()).decode("latin-1")


def already(notice: Notice) -> str:
    """What is said to whom says it twice."""
    when = f" since {utc_text(notice.sent_at)}" if notice.sent_at else ""
    return f"already filled in{when}: notice {notice.number}; nothing was recorded"


def cases_of(session: Session, notice: Notice) -> list[int]:
    """The numbers of the cases that a text names."""
    return [link.case_id for link in _links(session, notice)]


def _links(session: Session, notice: Notice) -> list[NoticeCase]:
    rows = select(NoticeCase).where(NoticeCase.notice_id == notice.number).order_by(col(NoticeCase.id))
    return list(session.exec(rows))


def _numbers(order: NoticeOrder) -> list[int]:
    return [item.case_id for item in order.items]
