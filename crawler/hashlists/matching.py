"""When a body matches an entry of a list: the contract's "What opens a case in the crawl", sentence by sentence. Pure.

An exact match goes its way without a person, so it needs more than one broken hash function: MD5 and SHA-1 count
only with another digest or the length agreeing, and never against a SHA-256 that is known to differ.
"""

from dataclasses import dataclass
from typing import Final

from crawler.digests import bits_apart
from crawler.hashlists.bands import NEAR
from hotline.facts import LEGIBLE, Digests, Match
from hotline.words import Classification, DigestKind, ListKind


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list as it is held in memory; ``number`` is its record's, if it has one."""

    list_name: str
    list_kind: ListKind
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    length: int | None = None
    classification: Classification | None = None
    number: int | None = None
    frames: bytes = b""
    """PDQ of a video's frames, 32 bytes each; entries that come from a list's file leave them there."""


@dataclass(frozen=True)
class Verdict:
    """What the lists say of a body.

    ``match`` is what may open a case: exact or near an entry of an illegal list, and not vetoed. ``listed`` is the
    kind of list that the body stands on, also when that is a veto. ``vetoed_by`` names the list that vetoed.
    """

    match: Match | None = None
    listed: ListKind | None = None
    vetoed_by: str | None = None


NOTHING: Final = Verdict()


def exact_kind(entry: Entry, digests: Digests) -> DigestKind | None:
    """The digest by which the body equals the entry beyond doubt; ``None``: it does not."""
    if entry.sha256 is not None and entry.sha256 == digests.sha256:
        return DigestKind.SHA256
    same = equal_kinds(entry, digests)
    if not same or contradicts(entry, digests):
        return None
    agreeing = len(same) > 1 or entry.length == digests.length or _pdq_agrees(entry, digests)
    return same[0] if agreeing else None


def equal_kinds(entry: Entry, digests: Digests) -> list[DigestKind]:
    """Those of the entry's digests that the body shares, PDQ aside; the strongest first."""
    pairs = (
        (DigestKind.SHA256, entry.sha256, digests.sha256),
        (DigestKind.SHA1, entry.sha1, digests.sha1),
        (DigestKind.MD5, entry.md5, digests.md5),
    )
    return [kind for kind, known, seen in pairs if known is not None and known == seen]


def contradicts(entry: Entry, digests: Digests) -> bool:
    """Whether a digest that the entry knows says that it is another file."""
    pairs = ((entry.sha256, digests.sha256), (entry.sha1, digests.sha1), (entry.md5, digests.md5))
    return any(known is not None and known != seen for known, seen in pairs)


def vetoes(entry: Entry, digests: Digests) -> bool:
    """Whether an entry of a harmless or placeholder list is this body: any equal digest, and none that contradicts.

    One digest suffices here: a veto only keeps a case from opening without a person.
    """
    if entry.sha256 is not None and entry.sha256 == digests.sha256:
        return True
    return bool(equal_kinds(entry, digests)) and not contradicts(entry, digests)


def is_legible(digests: Digests) -> bool:
    """Whether the body has a PDQ that is good enough to be compared."""
    return digests.pdq is not None and (digests.pdq_quality or 0) >= LEGIBLE


def pictures_of(digests: Digests) -> list[str]:
    """The body's PDQ by each convention: lists are made by the one or the other."""
    return [pdq for pdq in (digests.pdq, digests.pdq_reduced) if pdq is not None]


def _pdq_agrees(entry: Entry, digests: Digests) -> bool:
    if entry.pdq is None or not is_legible(digests):
        return False
    return any(bits_apart(entry.pdq, pdq) <= NEAR for pdq in pictures_of(digests))


def as_match(entry: Entry, kind: DigestKind, distance: int = 0) -> Match:
    """The fact that other rooms are handed."""
    return Match(
        list_name=entry.list_name,
        list_kind=entry.list_kind,
        kind=kind,
        distance=distance,
        exact=kind is not DigestKind.PDQ,
        classification=entry.classification,
    )
