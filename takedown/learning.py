"""What the first look that finds a case online teaches: what later looks compare with, and a list of our own."""

from typing import Final

from sqlmodel import Session, select

from hotline.facts import Look
from hotline.home import Home
from hotline.records import Case, HashEntry, HashList
from hotline.words import Content, ListKind

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
    # What a host puts under a confirmed URL is no evidence of what was confirmed (DESIGN.md, decision 11).
    if look.content is Content.MEDIA and digests.sha256 == case.assessed_sha256:
        _add_to_confirmed(home, session, case, digests.legible_frames or None)


def _add_to_confirmed(home: Home, session: Session, case: Case, frames: bytes | None) -> None:
    row = session.exec(select(HashList).where(HashList.name == CONFIRMED_LIST)).first()
    if row is None:
        row = HashList(name=CONFIRMED_LIST, kind=ListKind.ILLEGAL, owner="this hotline", added_at=home.now())
        session.add(row)
        session.flush()
    identity = f"sha256:{case.sha256}"
    known = session.exec(select(HashEntry).where(HashEntry.list_id == row.number, HashEntry.identity == identity))
    if known.first() is not None:
        return
    session.add(
        HashEntry(
            list_id=row.number,
            identity=identity,
            sha256=case.sha256,
            sha1=case.sha1,
            md5=case.md5,
            pdq=case.pdq,
            frames=frames,
            length=case.length,
            classification=case.classification,
            added_at=home.now(),
        )
    )
