"""Showing an address in an earnest home: by somebody entitled, one case at a time, for a reason, capped, audited."""

from datetime import timedelta
from typing import Final

from sqlmodel import col, select

from hotline.errors import Forbidden, HotlineError
from hotline.home import Home
from hotline.records import Case, Reveal
from hotline.staff import Actor

A_DAY: Final = 40
"""How many addresses one member of staff may reveal in 24 hours."""


def reveal(home: Home, case_id: int, actor: Actor, reason: str | None) -> None:
    """Records that somebody is shown the addresses of a case, before they are shown.

    Raises:
        HotlineError: no reason, no such case, or nobody of staff; Forbidden: the cap of the day is reached.
    """
    if not (reason or "").strip():
        raise HotlineError("an address is revealed for a reason; give one with --reason")
    if actor.staff_id is None:
        raise Forbidden("only a member of staff reveals an address; act with your own credential")
    with home.session() as session:
        if session.get(Case, case_id) is None:
            raise HotlineError(f"there is no case {case_id}; `hotline cases` lists them")
        since = home.now() - timedelta(days=1)
        shown = session.exec(select(Reveal.id).where(Reveal.staff_id == actor.staff_id, col(Reveal.at) > since)).all()
        if len(shown) >= A_DAY:
            raise Forbidden(f"{actor.name} has revealed {A_DAY} addresses in 24 hours; wait, or ask a colleague")
        row = Reveal(staff_id=actor.staff_id, case_id=case_id, at=home.now())
        home.vault.write(row, "reason", reason)
        session.add(row)
        home.record(session, actor.name, "case:address:revealed", f"case {case_id}", reason=reason)
