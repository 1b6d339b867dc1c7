"""A person's hand on a single notice: hold it, let it go, send it again.

A held notice stays ``queued`` and never leaves. Sent again is only what surely did not arrive: of what our mail server
has, or may have, another copy would be a second notice.
"""

from collections.abc import Callable
from typing import Final

from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Notice
from hotline.words import NoticeState
from notices import standing
from notices.attempts import locked, standing_of, write_standing
from notices.standing import Standing

_WHY_NOT: Final = {
    NoticeState.SENDING: "it is being sent at this moment",
    NoticeState.SENT: "our mail server has it; its recipient is reminded by itself while the material is online",
    NoticeState.UNKNOWN: "nobody knows whether our mail server has it; `hotline reconcile` says so",
    NoticeState.WITHHELD: "it was withheld; its cases are decided anew by `hotline notices send`",
}


def hold(home: Home, number: int, reason: str, actor: str) -> None:
    """Stops a notice that has not left.

    Raises:
        HotlineError: there is none, it is held, it has left, or nobody says why.
    """
    if not reason.strip():
        raise HotlineError("--reason is empty; say why, for it stands beside the notice")
    with home.session() as session:
        if _notice(session, number).held_at is not None:
            raise HotlineError(f"notice {number} is held already; `hotline notices unhold` lets it go")
        notice = _change(session, number, lambda now: standing.held(now, home.now()), "only one that is queued is held")
        home.vault.write(notice, "held", f"held by {actor}: {reason.strip()}")
        home.record(session, actor, "notice:message:held", f"notice {number}", reason=reason.strip())


def unhold(home: Home, number: int, actor: str) -> None:
    """Lets a held notice go; it leaves with the next ``notices send``, if it is still cleared.

    Raises:
        HotlineError: there is none, or it is not held.
    """
    with home.session() as session:
        notice = _change(session, number, standing.freed, "it is not held")
        home.vault.write(notice, "held", None)
        home.record(session, actor, "notice:message:freed", f"notice {number}")


def resend(home: Home, number: int, actor: str) -> None:
    """Queues the same bytes again, where they surely did not arrive; one that waits for its next try is due at once.

    Raises:
        HotlineError: there is none, or its state does not allow it; the text says why and what does.
    """
    with home.session() as session:
        notice = _change(session, number, lambda now: standing.anew(now, home.now()), None)
        home.vault.write(notice, "problem", None)
        home.record(session, actor, "notice:message:resent", f"notice {number}")


def contact_of(home: Home, number: int) -> int:
    """The number of a notice's contact, for whoever must know whether mail arrives there.

    Raises:
        HotlineError: there is no such notice.
    """
    with home.reading() as session:
        return _notice(session, number).contact_id


def _notice(session: Session, number: int) -> Notice:
    notice = session.get(Notice, number)
    if notice is None:
        raise HotlineError(f"there is no notice {number}; `hotline notices list` shows them")
    return notice


def _change(session: Session, number: int, step: Callable[[Standing], Standing | None], why: str | None) -> Notice:
    _notice(session, number)
    notice = locked(session, number)
    after = step(standing_of(notice))
    if after is None:
        held = "it is held; `hotline notices unhold` lets it go" if notice.held_at else None
        said = why or held or _WHY_NOT[notice.state]
        raise HotlineError(f"notice {number} is {notice.state.value}: {said}")
    write_standing(notice, after)
    session.add(notice)
    return notice
