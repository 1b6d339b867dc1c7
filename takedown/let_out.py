"""Digests of a case that may go to its host: only kinds that the operator lets out, only of what is up there.

A digest says of a file that it is such material; whoever collects them has a list. So none leaves unless
``[notices] digests`` says which.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hotline.records import Case, Observation
from hotline.words import Content, DigestKind, Outcome

Pairs = tuple[tuple[DigestKind, str], ...]


def digests_of(session: Session, case: Case, allowed: Sequence[DigestKind]) -> Pairs:
    """Those of the file that the last online look saw, else the one that the analysts gave."""
    if not allowed:
        return ()
    seen = session.exec(
        select(Observation)
        .where(Observation.case_id == case.number, Observation.outcome == Outcome.ONLINE)
        .order_by(col(Observation.at).desc(), col(Observation.id).desc())
        .limit(1)
    ).first()
    if seen is None:
        found = {DigestKind.SHA256: case.assessed_sha256}
    elif seen.content is Content.MEDIA:
        found = {DigestKind.MD5: seen.md5, DigestKind.SHA1: seen.sha1, DigestKind.SHA256: seen.sha256}
    else:
        return ()  # a page's bytes are the host's own, and new with each visit
    return tuple((kind, digest) for kind in allowed if (digest := found.get(kind)))
