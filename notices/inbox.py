"""Taking answers in: each is matched to its notice, kept sealed, and acted on. No answer removes a case.

A message leaves the maildir only after it is stored; stored again it is recognised by its content. So a reader that is
killed in between loses nothing and doubles nothing.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from hotline.home import Home
from hotline.records import Notice, Reply
from hotline.words import NoticeState, ReplyKind
from notices import maildir, replies, tokens
from notices.events import Events
from notices.reconciliation import resolve_in
from notices.replies import Clue, Reading

_CAN_BOUNCE: Final = (NoticeState.SENT, NoticeState.UNKNOWN, NoticeState.QUEUED, NoticeState.SENDING)
_MOST_CLUES: Final = 100


@dataclass(frozen=True)
class Taken:
    """What arrived. ``left`` counts messages that could not be stored and lie where they were."""

    bounced: int = 0
    replied: int = 0
    automatic: int = 0
    unmatched: int = 0
    left: int = 0

    def plus(self, kind: ReplyKind | None) -> "Taken":
        """With one more; ``None`` is one that was known already."""
        return self if kind is None else replace(self, **{kind.value: getattr(self, kind.value) + 1})

    def as_json(self) -> dict[str, int]:
        """The contract's four counts."""
        return {kind.value: getattr(self, kind.value) for kind in ReplyKind}


def read(home: Home, events: Events) -> Taken:
    """Takes in all that waits in the maildir.

    Raises:
        HotlineError: no maildir is set, or it is not there.
    """
    total = Taken()
    for file in maildir.waiting(maildir.folder_of(home.settings)):
        try:
            raw = maildir.content(file)
            if raw is None:
                continue
            kind = take_in(home, events, raw)
            file.unlink(missing_ok=True)
        except Exception:  # one message that cannot be stored must not keep the rest from being read
            total = replace(total, left=total.left + 1)
        else:
            total = total.plus(kind)
    return total


def take_in(home: Home, events: Events, raw: bytes) -> ReplyKind | None:
    """Stores one message and acts on it, in one transaction; ``None`` when it is stored already."""
    content = home.vault.index("reply", hashlib.sha256(raw).hexdigest())
    reading = replies.read(raw)
    kept = replies.without_media(raw).decode("latin-1")
    try:
        with home.session() as session:
            if _is_known(session, content):
                return None
            notice = _find(home, session, reading.clues)
            reply = Reply(
                notice_id=notice.number if notice else None,
                kind=_kind(home, reading, notice),
                permanent=reading.permanent,
                content_bi=content,
                received_at=home.now(),
            )
            home.vault.write(reply, "bytes", kept)
            session.add(reply)
            session.flush()
            if notice is not None:
                _act(home, session, events, notice, reply, reading)
            return reply.kind
    except IntegrityError:
        # Two readers met over the same message: the other one has stored it.
        with home.reading() as session:
            if _is_known(session, content):
                return None
        raise


def _is_known(session: Session, content: bytes) -> bool:
    return session.exec(select(Reply.id).where(col(Reply.content_bi) == content)).first() is not None


def _find(home: Home, session: Session, clues: tuple[Clue, ...]) -> Notice | None:
    for clue in clues[:_MOST_CLUES]:
        if clue.token is not None:
            where = col(Notice.return_bi) == tokens.return_index(home.vault, clue.token)
        else:
            where = col(Notice.message_id) == clue.message_id
        notice = session.exec(select(Notice).where(where)).first()
        if notice is not None:
            return notice
    return None


def _kind(home: Home, reading: Reading, notice: Notice | None) -> ReplyKind:
    if notice is None:
        return ReplyKind.UNMATCHED
    if reading.kind is ReplyKind.BOUNCED and replies.is_about_another(
        reading, home.vault.text(notice, "to"), notice.message_id
    ):
        return ReplyKind.AUTOMATIC
    return reading.kind


def _act(home: Home, session: Session, events: Events, notice: Notice, reply: Reply, reading: Reading) -> None:
    home.record(
        session, "system", "notice:answer:received", f"notice {notice.number}",
        kind=reply.kind.value, permanent=reply.permanent, code=reading.code,
    )  # fmt: skip
    if reply.kind is not ReplyKind.BOUNCED and not reading.is_report:
        events.answered(session, notice, by_person=reply.kind is ReplyKind.REPLIED)
    if reply.kind is ReplyKind.REPLIED:
        events.told(session, notice, reply, reading.sender, reading.words)
    if reply.kind is ReplyKind.BOUNCED:
        _bounce(home, session, events, notice.number, reading.code)
    elif notice.state is NoticeState.UNKNOWN:
        # Who answers it has it: our mail server must have taken it.
        resolve_in(home, session, events, notice.number, stored=True, actor="system", word="answer")


def _bounce(home: Home, session: Session, events: Events, notice_id: int, code: str | None) -> None:
    could = and_(col(Notice.id) == notice_id, col(Notice.state).in_(_CAN_BOUNCE))
    if session.exec(update(Notice).where(could).values(state=NoticeState.BOUNCED)).rowcount != 1:
        return
    notice = session.get_one(Notice, notice_id, populate_existing=True)
    notice.next_try_at = notice.unknown_at = notice.claim_by = notice.claim_until = None
    home.vault.write(
        notice, "problem", f"it came back as undeliverable ({code})" if code else "it came back as undeliverable"
    )
    session.add(notice)
    home.record(session, "system", "notice:message:bounced", f"notice {notice_id}", code=code)
    events.bounced(session, notice)
