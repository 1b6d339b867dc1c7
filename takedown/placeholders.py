"""Placeholders that our own analysts have seen: what sites serve where something was removed. The list grows by review.

A known placeholder is a proof of removal, so it takes a person's word, given for what was served at a certain look; the
next looks, not the word, make the removal.
"""

from typing import Final

from sqlmodel import Session, col, select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, HashEntry, HashList, Observation
from hotline.staff import Actor
from hotline.words import ListKind, Outcome

OURS: Final = "placeholders seen by staff"
"""The list of them."""


def add(home: Home, session: Session, case: Case, actor: Actor) -> None:
    """What was served at the last look that could tell joins the list, in the caller's transaction.

    Raises:
        HotlineError: the last such look did not find other content under the URL.
    """
    last = session.exec(
        select(Observation)
        .where(Observation.case_id == case.number, Observation.outcome != Outcome.UNCLEAR)
        .order_by(col(Observation.id).desc())
        .limit(1)
    ).first()
    if last is None or last.outcome is not Outcome.CHANGED or last.sha256 is None:
        raise HotlineError(f"case {case.number}: no look has found other content; only such can be a placeholder")
    number = _list(home, session)
    identity = f"sha256:{last.sha256}"
    known = select(HashEntry.id).where(HashEntry.list_id == number, HashEntry.identity == identity)
    if session.exec(known).first() is None:
        row = HashEntry(list_id=number, identity=identity, sha256=last.sha256, sha1=last.sha1, md5=last.md5,
                        added_at=home.now())  # fmt: skip
        session.add(row)
        home.record(session, actor.name, "hashes:placeholder:added", f"case {case.number}", sha256=last.sha256)


def _list(home: Home, session: Session) -> int:
    row = session.exec(select(HashList).where(HashList.name == OURS)).first()
    if row is None:
        row = HashList(name=OURS, kind=ListKind.PLACEHOLDER, owner="this hotline", added_at=home.now())
        session.add(row)
        session.flush()
    return row.number
