"""What is due to be looked at, and what is known of it: read for many cases together."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from hotline.facts import LookOrder, Marks
from hotline.home import Home
from hotline.records import Case, CasePrints, Sighting
from hotline.words import CaseState, Content, Origin
from takedown import cases, glances, host_answers, prints

BATCH: Final = 500
"""Cases that are read, or written, together."""

MOST_ENTRIES: Final = 3
"""Pages on which a case was seen that an order names."""

MOST_FILMS: Final = 20
"""Videos of one page that are known again when they are saved anew."""

Row = TypeVar("Row")


def due(
    home: Home,
    session: Session,
    *,
    done: Collection[int] = (),
    most: int | None = None,
    most_a_host: int | None = None,
) -> list[LookOrder]:
    """Every case that is due to be looked at now, the longest overdue first.

    ``done`` are left out. No more than ``most``, and of each host no more than ``most_a_host``.
    """
    found = session.exec(select(Case.id, Case.host_bi).where(_is_due(home)).order_by(col(Case.due_at), col(Case.id)))
    of_host: Counter[bytes] = Counter()
    chosen: list[int] = []
    for number, host in found:
        if number is None or number in done or (most_a_host is not None and of_host[host] >= most_a_host):
            continue
        of_host[host] += 1
        chosen.append(number)
        if len(chosen) == most:
            break
    return [order for batch in batches(chosen) for order in _orders(home, session, _in_order(session, batch))]


def count_due(home: Home, session: Session) -> int:
    """How many cases are due to be looked at now."""
    return session.exec(select(func.count()).select_from(Case).where(_is_due(home))).one()


def _is_due(home: Home) -> sa.ColumnElement[bool]:
    return col(Case.due_at).is_not(None) & (col(Case.due_at) <= home.now())


def still_due(session: Session, waiting: Sequence[LookOrder]) -> list[LookOrder]:
    """The orders about whose cases nothing has changed since they were given: nobody else has looked meanwhile."""
    due_at: dict[int | None, datetime | None] = {}
    for batch in batches(waiting):
        numbers = [order.case_id for order in batch]
        due_at |= dict(session.exec(select(Case.id, Case.due_at).where(col(Case.id).in_(numbers))).all())
    return [each for each in waiting if each.case_id in due_at and due_at[each.case_id] == each.due_at]


def order(home: Home, session: Session, case: Case) -> LookOrder:
    """What to look at, and what is known of it."""
    return orders(home, session, [case])[0]


def orders(home: Home, session: Session, found: Sequence[Case]) -> list[LookOrder]:
    """The orders for these cases, in their order."""
    return [each for batch in batches(found) for each in _orders(home, session, batch)]


def batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """``BATCH`` at a time."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def columns(names: Sequence[str], numbers: Sequence[int]) -> sa.Select[Any]:
    """These columns of these cases: to read whole cases takes thrice as long."""
    table = Case.metadata.tables["cases"]
    return sa.select(*(table.c[name] for name in names)).where(table.c.id.in_(numbers)).order_by(table.c.id)


_ORDERED: Final = (
    "id", "key", "state", "content", "sha256", "assessed_sha256", "pdq", "shape", "origin", "looks", "due_at",
    "first_gone_at", "whole_at", "marks_ct", "url_ct", "referrer_ct", "url_bi",
)  # fmt: skip
"""What of a case an order is made of."""


def _in_order(session: Session, numbers: Sequence[int]) -> list[Any]:
    rows = {row.id: row for row in session.execute(columns(_ORDERED, numbers))}
    return [rows[number] for number in numbers]


def _orders(home: Home, session: Session, found: Sequence[Any]) -> list[LookOrder]:
    kept = prints.of_cases(session, [case.id for case in found])
    pages = cases.pages_of_all(home, session, [case.id for case in found], MOST_ENTRIES)
    marked = [case.id for case in found if case.whole_at is not None]
    asked, called = host_answers.newest_notices(session, marked), host_answers.newest_calls(session, marked)
    now = home.now()

    def marks_of(case: Any) -> Marks | None:
        asked_at, called_at = asked.get(case.id), called.get(case.id)
        past = glances.Past(
            case.state, case.content, case.looks, case.whole_at, case.first_gone_at, asked_at, called_at
        )
        return glances.unseal(home.vault, case.key, case.marks_ct) if glances.may_glance(past, now) else None

    def one(case: Any) -> LookOrder:
        media = _media_of_page(session, case, kept.get(case.id)) if case.content is Content.PAGE else _Media()
        own = kept.get(case.id)
        return LookOrder(
            case_id=case.id,
            url=home.vault.open(case.key, "cases.url", case.url_ct or b""),
            referrer=home.vault.open(case.key, "cases.referrer", case.referrer_ct) if case.referrer_ct else None,
            entry=tuple(pages.get(case.id, ())),
            content=case.content,
            sha256=case.sha256,
            assessed_sha256=case.assessed_sha256,
            pdq=case.pdq,
            pdq_reduced=own.pdq_reduced if own else None,
            frames=(own.frames if own else None) or b"",
            shape=case.shape,
            media=frozenset(media.sha256),
            media_pdq=frozenset(media.pdq),
            media_frames=tuple(media.frames),
            marks=marks_of(case),
            due_at=case.due_at,
        )

    return [one(case) for case in found]


@dataclass(frozen=True)
class _Media:
    """Of the known material on a page: digests, PDQ by either convention, and the frames of each video."""

    sha256: set[str] = field(default_factory=set)
    pdq: set[str] = field(default_factory=set)
    frames: list[bytes] = field(default_factory=list)

    def take(self, sha256: str | None, pdq: str | None, more: CasePrints | None) -> None:
        """One file more."""
        self.sha256.update(each for each in [sha256] if each)
        self.pdq.update(each for each in [pdq, more.pdq_reduced if more else None] if each)
        if more and more.frames and len(self.frames) < MOST_FILMS:
            self.frames.append(more.frames)


def _media_of_page(session: Session, page: Any, own: CasePrints | None) -> _Media:
    """The known material seen on this page; near matches that nobody confirmed do not count.

    A page that the crawl made a case is one for the picture that stands in its own text.
    """
    rows = session.exec(
        select(Case.sha256, Case.pdq, CasePrints)
        .join(Sighting, col(Sighting.case_id) == Case.id)
        .join(CasePrints, col(CasePrints.case_id) == Case.id, isouter=True)
        .where(
            Sighting.page_bi == page.url_bi,
            col(Case.sha256).is_not(None),
            col(Case.state).not_in([CaseState.REVIEW, CaseState.REJECTED]),
        )
    )
    media = _Media()
    for sha256, pdq, more in rows:
        media.take(sha256, pdq, more)
    if page.origin is Origin.CRAWL:
        media.take(page.sha256, page.pdq, own)
    return media
