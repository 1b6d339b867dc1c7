"""Notices of which nobody knows whether our mail server took them.

First its ledger is asked, then a person may say; where neither speaks within an hour, the same bytes go again: a
duplicate that mail systems fold by its Message-ID is better than silence.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Notice
from hotline.words import NoticeState
from notices.attempts import locked, standing_of, write_standing
from notices.events import Events
from notices.mail_ledger import accepted
from notices.settlement import goes_again
from notices.standing import reconciled


@dataclass(frozen=True)
class Reconciled:
    """What became of the unknown notices; ``problem`` when the ledger could not be asked."""

    sent: int = 0
    again: int = 0
    waiting: int = 0
    problem: str | None = None


def reconcile(home: Home, events: Events) -> Reconciled:
    """Asks the ledger about every unknown notice, and queues those again that have waited for an hour."""
    with home.reading() as session:
        unknown = session.exec(
            select(Notice.id, Notice.message_id, Notice.unknown_at).where(col(Notice.state) == NoticeState.UNKNOWN)
        ).all()
    stored, problem = ask_ledger(home, frozenset(row[1] for row in unknown if row[1]))
    sent = again = 0
    for number, message_id, unknown_at in unknown:
        if message_id in stored:
            sent += resolve(home, events, number or 0, stored=True, actor="system", word="ledger")
        elif unknown_at is None or goes_again(unknown_at, home.now()):
            again += resolve(home, events, number or 0, stored=False, actor="system", word="silence")
    return Reconciled(sent, again, len(unknown) - sent - again, problem)


def ask_ledger(home: Home, wanted: frozenset[str]) -> tuple[frozenset[str], str | None]:
    """Those of the wanted Message-IDs that the ledger knows as accepted; and why it could not be asked."""
    if home.settings.smtp_ledger is None:
        return frozenset(), None
    try:
        return accepted(home.settings.smtp_ledger, wanted), None
    except HotlineError as wrong:
        # A log that cannot be read is one that does not speak: the notice must not wait for it for ever.
        return frozenset(), str(wrong)


def reconcile_by_word(home: Home, notice_id: int, stored: bool, actor: str, events: Events) -> None:
    """A person's word on an unknown notice: it is sent, or goes again.

    Raises:
        HotlineError: there is no such notice, or it is not unknown.
    """
    with home.reading() as session:
        notice = session.get(Notice, notice_id)
    if notice is None:
        raise HotlineError(f"there is no notice {notice_id}; `hotline notices list` shows them")
    done = resolve(home, events, notice_id, stored=stored, actor=actor, word="person")
    if not done:
        raise HotlineError(f"notice {notice_id} is {notice.state.value}; only one that is unknown is reconciled")


def resolve(home: Home, events: Events, notice_id: int, *, stored: bool, actor: str, word: str) -> bool:
    """An unknown notice becomes sent or queued, in a transaction of its own; whether it still was unknown."""
    with home.session() as session:
        return resolve_in(home, session, events, notice_id, stored=stored, actor=actor, word=word)


def resolve_in(
    home: Home, session: Session, events: Events, notice_id: int, *, stored: bool, actor: str, word: str
) -> bool:
    """The same in the caller's transaction."""
    notice = locked(session, notice_id)
    after = reconciled(standing_of(notice), stored, home.now())
    if after is None:
        return False
    write_standing(notice, after)
    home.vault.write(notice, "problem", None if stored else f"sent again after no answer (by {word})")
    session.add(notice)
    home.record(session, actor, "notice:message:reconciled", f"notice {notice_id}", stored=stored, word=word)
    if stored:
        events.sent(session, notice)
    return True
