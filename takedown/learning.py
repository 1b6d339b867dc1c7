"""What the first look that finds a case online teaches: what later looks compare with, and a list of our own."""

from typing import Final

from sqlmodel import Session, select

from hotline.facts import Digests, Look
from hotline.home import Home
from hotline.records import Case, HashEntry, HashList
from hotline.words import Content, ListKind
from takedown import prints

CONFIRMED_LIST: Final = "confirmed"
"""The list of what our own analysts assessed and a look found again (CONTRACT, "What opens a case")."""


def learn(home: Home, session: Session, case: Case, look: Look) -> None:
    """The first look that found it online tells what later ones compare with; and may feed the list of our own."""
    digests = look.digests
    if digests is None:
        return
    case.content, case.shape = look.content, look.shape
    case.sha256, case.sha1, case.md5 = digests.sha256, digests.sha1, digests.md5
    case.pdq, case.length = digests.pdq, digests.length
    case.served_directly = look.redirects == 0
    prints.keep(session, case, digests)
    # What a host puts under a confirmed URL is no evidence of what was confirmed (DESIGN.md, decision 11).
    if look.content is Content.MEDIA and digests.sha256 == case.assessed_sha256:
        _add_to_confirmed(home, session, case, digests)


def _add_to_confirmed(home: Home, session: Session, case: Case, digests: Digests) -> None:
    row = session.exec(select(HashList).where(HashList.name == CONFIRMED_LIST)).first()
    if row is None:
        row = HashList(name=CONFIRMED_LIST, kind=ListKind.ILLEGAL, owner="this hotline", added_at=home.now())
        session.add(row)
        session.flush()
    _add(home, session, row.number, case, f"sha256:{case.sha256}", case.pdq, digests.legible_frames or None)
    if digests.pdq_reduced:
        # The same picture as who made it small first would have it: an entry of its own, for an entry has one PDQ.
        _add(home, session, row.number, case, f"sha256:{case.sha256}:reduced", digests.pdq_reduced, None)


def _add(
    home: Home, session: Session, list_id: int, case: Case, identity: str, pdq: str | None, frames: bytes | None
) -> None:
    known = session.exec(select(HashEntry).where(HashEntry.list_id == list_id, HashEntry.identity == identity))
    if known.first() is not None:
        return
    session.add(
        HashEntry(
            list_id=list_id,
            identity=identity,
            sha256=case.sha256,
            sha1=case.sha1,
            md5=case.md5,
            pdq=pdq,
            frames=frames,
            length=case.length,
            classification=case.classification,
            added_at=home.now(),
        )
    )
