"""Lists whose addresses are withheld in earnest: as they are, or revealed to somebody entitled, which is audited."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from commands.context import actor_for, changing, reading

if TYPE_CHECKING:
    from sqlmodel import Session

    from hotline.home import Home

Rows = list[dict[str, Any]]
Listing = Callable[["Home", "Session", bool], Rows]


def rows_of(listing: Listing, reveal: bool, as_name: str | None, deed: str) -> Rows:
    """The rows of a listing, which is told whether to show addresses. ``deed``: what a reveal is called in the log.

    Raises:
        HotlineError: whoever asks may not have addresses revealed.
    """
    if not reveal:
        with reading() as home, home.reading() as session:
            return listing(home, session, home.practice)
    with changing() as home:
        actor = actor_for(home, as_name, "case:reveal")
        with home.session() as session:
            rows = listing(home, session, True)
            home.record(session, actor.name, deed, deed.partition(":")[0], count=len(rows))
    return rows
