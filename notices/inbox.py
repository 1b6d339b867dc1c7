"""Taking answers in: each is matched to its notice, kept sealed, and acted on. No answer removes a case.

A message leaves the mailbox only after it is stored; stored again it is recognised by its content. So a reader that is
killed in between loses nothing and doubles nothing.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from hotline.facts import HostSays
from hotline.home import Home
from hotline.records import Case, Notice, NoticeCase, Reply
from hotline.words import AnswerWay, HostAnswer, NoticeState, ReplyKind
from notices import mailbox, replies, tokens
from notices.doubts import PASSED_ON, doubt_in
from notices.events import Events
from notices.imap import MailboxLost
from notices.mailbox import Waiting
from notices.reconciliation import resolve_in
from notices.replies import Clue, Reading
from notices.said import named, said_in

_CAN_BOUNCE: Final = (NoticeState.SENT, NoticeState.UNKNOWN, NoticeState.QUEUED, NoticeState.SENDING)
_MOST_CLUES: Final = 100
_LONGEST_NOTE: Final = 2_000


@dataclass(frozen=True)
class Taken:
    """What arrived. ``left`` counts messages that could not be stored and lie where they were.

    ``problem`` says why the reading ended early, where it did.
    """

    bounced: int = 0
    replied: int = 0
    automatic: int = 0
    unmatched: int = 0
    left: int = 0
    problem: str = ""

    def plus(self, kind: ReplyKind | None) -> "Taken":
        """With one more; ``None`` is one that was known already."""
        return self if kind is None else replace(self, **{kind.value: getattr(self, kind.value) + 1})

    def as_json(self) -> dict[str, int]:
        """The contract's four counts."""
        return {kind.value: getattr(self, kind.value) for kind in ReplyKind}


def read(home: Home, events: Events) -> Taken:
    """Takes in all that waits in the inbox. It blocks: in a program that does other work, call it in a thread.

    Raises:
        HotlineError: no inbox is set, it is not there, or it was lost before anything was taken in.
    """
    total = Taken()
    try:
        with mailbox.opened(home) as messages:
            for message in messages:
                total = _one(home, events, message, total)
    except MailboxLost as wrong:
        if total == Taken():
            raise
        return replace(total, problem=str(wrong))
    return total


def _one(home: Home, events: Events, message: Waiting, total: Taken) -> Taken:
    try:
        raw = message.content()
        if raw is None:
            return total
        kind = take_in(home, events, raw)
        message.stored()
    except MailboxLost:
        raise
    except Exception:  # one message that cannot be stored must not keep the rest from being read
        return replace(total, left=total.left + 1)
    return total.plus(kind)


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
                kind=reading.kind if notice else ReplyKind.UNMATCHED,
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
        _bounce(home, session, events, notice.number, reading)
    elif notice.state is NoticeState.UNKNOWN:
        # Who answers it has it: our mail server must have taken it.
        resolve_in(home, session, events, notice.number, stored=True, actor="system", word="answer")
    if reply.kind is not ReplyKind.BOUNCED and not reading.is_report:
        _say(home, session, events, notice, reply, reading)


def _say(home: Home, session: Session, events: Events, notice: Notice, reply: Reply, reading: Reading) -> None:
    """Keeps what the answer says, and lets it be acted on; what is unclear a person reads."""
    said = said_in(reading.words, reply.received_at, by_person=reply.kind is ReplyKind.REPLIED)
    if said is None:
        return
    reply.says = said.answer
    session.add(reply)
    urls = _urls(home, session, notice)
    items = named(said.sentence, urls) or named(reading.words, urls)
    # Why somebody disputes stands around the sentence that does.
    note = (reading.words.strip() if said.answer is HostAnswer.DISPUTE else said.sentence)[:_LONGEST_NOTE]
    says = HostSays(said.answer, AnswerWay.MAIL, items=items, note=note, until=said.until)
    events.said(session, notice, says)


def _urls(home: Home, session: Session, notice: Notice) -> dict[int, str]:
    rows = (
        select(Case).join(NoticeCase, col(NoticeCase.case_id) == Case.id).where(NoticeCase.notice_id == notice.number)
    )
    return {case.number: home.vault.text(case, "url") for case in session.exec(rows)}


def _bounce(home: Home, session: Session, events: Events, notice_id: int, reading: Reading) -> None:
    sent = session.get_one(Notice, notice_id)
    passed_on = replies.is_about_another(reading, home.vault.text(sent, "to"), sent.message_id)
    if passed_on and _was_read(session, notice_id):
        return
    could = and_(col(Notice.id) == notice_id, col(Notice.state).in_(_CAN_BOUNCE))
    if session.exec(update(Notice).where(could).values(state=NoticeState.BOUNCED)).rowcount != 1:
        return
    notice = session.get_one(Notice, notice_id, populate_existing=True)
    notice.next_try_at = notice.unknown_at = notice.claim_by = notice.claim_until = None
    doubt = PASSED_ON if passed_on else doubt_in(reading.code)
    home.vault.write(notice, "problem", _came_back(reading.code, doubt))
    session.add(notice)
    home.record(session, "system", "notice:message:bounced", f"notice {notice_id}", code=reading.code)
    events.bounced(session, notice, doubt)


def _was_read(session: Session, notice_id: int) -> bool:
    """Whether a person has answered it: then one dead mailbox behind its recipient's leads nowhere."""
    wrote = select(Reply.id).where(Reply.notice_id == notice_id, Reply.kind == ReplyKind.REPLIED)
    told = select(NoticeCase.id).where(NoticeCase.notice_id == notice_id, col(NoticeCase.answered_at).is_not(None))
    return any(session.exec(rows.limit(1)).first() is not None for rows in (wrote, told))


def _came_back(code: str | None, doubt: str | None) -> str:
    facts = "; ".join(fact for fact in (code, doubt) if fact)
    return f"it came back as undeliverable ({facts})" if facts else "it came back as undeliverable"
