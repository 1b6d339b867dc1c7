"""The authority's word: the police have had what they need of a case, and notices may leave before their hours end."""

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case
from hotline.staff import Actor
from takedown.told import demand_reason


def spoken(home: Home, number: int, reason: str, actor: Actor) -> None:
    """Writes the word down, once; the clock ``authority`` of the times to removal starts with it.

    Raises:
        HotlineError: there is no such case, it was said before, or nobody says who said it and how.
    """
    demand_reason(reason)
    with home.session() as session:
        case = session.get(Case, number)
        if case is None:
            raise HotlineError(f"there is no case {number}; `hotline cases` lists them")
        if case.authority_at is not None:
            raise HotlineError(f"the authority's word on case {number} is written down already")
        case.authority_at = home.now()
        session.add(case)
        home.record(session, actor.name, "case:authority:spoken", f"case {number}", reason=reason.strip())
