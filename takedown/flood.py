"""Too many automatic cases at one provider in one crawl: the rest waits for a person.

A poisoned list, or a page that answers the same picture under any address, would otherwise flood a provider with
notices (CONTRACT, "How far the crawl goes").
"""

from collections import Counter
from typing import Final

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case
from hotline.words import CaseState, Origin
from takedown import workflow
from takedown.workflow import Because

LIMIT: Final = 100


def automatic(session: Session, crawl_key: bytes) -> list[Case]:
    """The cases that a crawl opened without a person, in the order in which it did."""
    return list(
        session.exec(
            select(Case)
            .where(Case.crawl_key == crawl_key, Case.origin == Origin.CRAWL, Case.match_kind != "pdq")
            .order_by(col(Case.id))
        )
    )


def hold_surplus(home: Home, session: Session, crawl_key: bytes) -> int:
    """Sends the cases after the first hundred at each provider to ``review``; returns how many."""
    seen: Counter[int | None] = Counter()
    held = 0
    for case in automatic(session, crawl_key):
        seen[case.provider_id] += 1
        if seen[case.provider_id] > LIMIT and case.state in (CaseState.CONFIRMED, CaseState.READY):
            held += workflow.move(home, session, case, Because.FLOOD)
    return held
