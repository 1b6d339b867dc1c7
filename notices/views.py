"""Notices, deliveries and answers as people and programs see them (CONTRACT, "A notice").

In a home in earnest addresses are withheld, the message too, unless the caller says that somebody entitled reveals
them: whether one may, others decide and audit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_bytes
from email.policy import default
from typing import Any, Final

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Delivery, Notice, NoticeCase, Provider, Reply
from hotline.words import NoticeState

Json = dict[str, Any]
_PAGE: Final = 500
_LEAN: Final[Any] = defer(Notice.bytes_ct)  # type: ignore[arg-type]  # SQLModel types columns as their values
"""A list shows no message, and messages are most of a row."""


def show(home: Home, notice_id: int, reveal: bool = False) -> Json:
    """One notice with its message: its headers and its text, readable.

    Raises:
        HotlineError: there is no such notice.
    """
    with home.reading() as session:
        notice = session.get(Notice, notice_id)
        if notice is None:
            raise HotlineError(f"there is no notice {notice_id}; `hotline notices list` shows them")
        view = _views(home, session, [notice], reveal)[0]
        shown = home.practice or reveal
        return {
            **view,
            "message": readable(_bytes(home, notice)) if shown else None,
            **_history(home, session, notice.number, shown),
        }


def _history(home: Home, session: Session, number: int, shown: bool) -> Json:
    """Attempts and answers, oldest first; without what others wrote unless it is ``shown``."""
    deliveries = session.exec(select(Delivery).where(Delivery.notice_id == number).order_by(col(Delivery.id)))
    replies = session.exec(select(Reply).where(Reply.notice_id == number).order_by(col(Reply.id)))
    return {
        "deliveries": [_delivery(home, row, shown) for row in deliveries],
        "replies": [_reply(home, row, shown) for row in replies],
    }


def list_notices(home: Home, reveal: bool = False, state: NoticeState | None = None) -> list[Json]:
    """All notices, or those in one state, the oldest first."""
    return list(each_notice(home, reveal, state))


def each_notice(home: Home, reveal: bool = False, state: NoticeState | None = None) -> Iterator[Json]:
    """The same one after the other, as of one moment: of a hundred thousand few are held at a time."""
    wanted = select(Notice).options(_LEAN).order_by(col(Notice.id)).limit(_PAGE)
    if state is not None:
        wanted = wanted.where(col(Notice.state) == state)
    last = 0
    with home.reading() as session:
        while page := session.exec(wanted.where(col(Notice.id) > last)).all():
            last = page[-1].number
            yield from _views(home, session, page, reveal)
            session.expunge_all()


def of_case(home: Home, session: Session, case_id: int, reveal: bool = False) -> dict[str, list[Json]]:
    """What ``case ID`` adds: ``notices``, ``deliveries`` and ``replies``, each oldest first."""
    ours = select(NoticeCase.notice_id).where(col(NoticeCase.case_id) == case_id)
    notices = session.exec(select(Notice).where(col(Notice.id).in_(ours)).options(_LEAN).order_by(col(Notice.id))).all()
    deliveries = session.exec(select(Delivery).where(col(Delivery.notice_id).in_(ours)).order_by(col(Delivery.id)))
    replies = session.exec(select(Reply).where(col(Reply.notice_id).in_(ours)).order_by(col(Reply.id)))
    shown = home.practice or reveal
    return {
        "notices": _views(home, session, notices, reveal),
        "deliveries": [_delivery(home, row, shown) for row in deliveries],
        "replies": [_reply(home, row, shown) for row in replies],
    }


def arrived(home: Home, *, unmatched: bool = False) -> list[Json]:
    """What came to the inbox, oldest first, without its words."""
    wanted = select(Reply).order_by(col(Reply.id)).options(defer(Reply.bytes_ct))  # type: ignore[arg-type]  # as above
    if unmatched:
        wanted = wanted.where(col(Reply.notice_id).is_(None))
    with home.reading() as session:
        return [{"id": row.id, **_reply(home, row, shown=False)} for row in session.exec(wanted)]


def one_arrived(home: Home, session: Session, number: int, shown: bool) -> Json:
    """One message, as it was kept.

    Raises:
        HotlineError: there is none of this number.
    """
    row = session.get(Reply, number)
    if row is None:
        raise HotlineError(f"there is no message {number}; `hotline inbox list` shows them")
    return {"id": row.id, **_reply(home, row, shown)}


def readable(message: bytes) -> str:
    """A message of ours as text: the headers, an empty line, the text part."""
    parsed = message_from_bytes(message, policy=default)
    body = parsed.get_body(("plain",))
    headers = "".join(f"{name}: {value}\n" for name, value in parsed.items() if not name.startswith("MIME"))
    return headers + "\n" + (str(body.get_content()) if body is not None else "")


def _bytes(home: Home, notice: Notice) -> bytes:
    return home.vault.text(notice, "bytes").encode("latin-1")


def _views(home: Home, session: Session, notices: Sequence[Notice], reveal: bool) -> list[Json]:
    cases = _cases(session, [notice.number for notice in notices])
    providers = _providers(home, session, {notice.provider_id for notice in notices if notice.provider_id})
    shown = home.practice or reveal
    return [
        {
            "id": notice.id,
            "cases": cases[notice.number],
            "provider": providers.get(notice.provider_id or 0),
            "to": home.vault.read(notice, "to") if shown else None,
            "role": notice.role.value,
            "language": notice.language,
            "round": notice.round,
            "escalation": notice.escalation,
            "state": notice.state.value,
            "attempts": notice.attempts,
            "message_id": notice.message_id,
            "queued_at": utc_text(notice.queued_at),
            "sent_at": utc_text(notice.sent_at),
            "problem": _problem(home, notice),
        }
        for notice in notices
    ]


def _problem(home: Home, notice: Notice) -> str | None:
    held = home.vault.read(notice, "held") if notice.held_at else None
    return held or home.vault.read(notice, "problem")


def _cases(session: Session, notices: Sequence[int]) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for few in _chunks(notices):
        rows = select(NoticeCase.notice_id, NoticeCase.case_id).where(col(NoticeCase.notice_id).in_(few))
        for notice_id, case_id in session.exec(rows.order_by(col(NoticeCase.id))):
            found[notice_id].append(case_id)
    return found


def _providers(home: Home, session: Session, wanted: Iterable[int]) -> dict[int, Json]:
    return {
        row.number: {"name": home.vault.read(row, "name"), "asn": row.asn, "country": row.country}
        for few in _chunks(sorted(wanted))
        for row in session.exec(select(Provider).where(col(Provider.id).in_(few)))
    }


def _chunks(numbers: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    # A database takes only so many values in one question.
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _delivery(home: Home, row: Delivery, shown: bool) -> Json:
    return {
        "notice": row.notice_id,
        "attempt": row.attempt,
        "outcome": row.outcome.value,
        "code": row.code,
        "reply": home.vault.read(row, "reply") if shown else None,
        "at": utc_text(row.at),
    }


def _reply(home: Home, row: Reply, shown: bool) -> Json:
    return {
        "notice": row.notice_id,
        "kind": row.kind.value,
        "says": row.says.value if row.says else None,
        "permanent": row.permanent,
        "message": home.vault.read(row, "bytes") if shown else None,
        "received_at": utc_text(row.received_at),
    }
