"""Facts that rooms hand to each other: frozen, plain, and free of any opinion.

The crawler observes, takedown decides, notices speak; none imports another, so the shapes that pass between them
stand here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from hotline.words import (
    AnswerWay,
    Certainty,
    Classification,
    ContactRole,
    Content,
    DigestKind,
    HostAnswer,
    ListKind,
    Origin,
    Wall,
)

LEGIBLE: Final = 50
"""Below this PDQ quality a picture, or a frame, is too plain to be told from others."""


class FramePrint(NamedTuple):
    """One frame of a video or an animation: when it is shown, its PDQ in lower-case hexadecimal, and its quality."""

    second: float
    pdq: str
    quality: int


@dataclass(frozen=True)
class Digests:
    """Fingerprints of one body, in lower-case hexadecimal. ``pdq`` is empty for what is no picture.

    ``pdq_reduced`` is the PDQ of a large picture after the reduction to 512 pixels that some lists are made with.
    ``frames`` are those of a video or an animation.
    """

    sha256: str
    sha1: str
    md5: str
    length: int
    pdq: str | None = None
    pdq_quality: int | None = None
    pdq_reduced: str | None = None
    frames: tuple[FramePrint, ...] = field(default=(), repr=False)

    @property
    def legible_frames(self) -> bytes:
        """The frames that can be told from others, each once, 32 bytes each: what is kept of a video and compared."""
        prints = dict.fromkeys(frame.pdq for frame in self.frames if frame.quality >= LEGIBLE)
        return bytes.fromhex("".join(prints))


@dataclass(frozen=True)
class Match:
    """An entry of a hash list that a body equals or resembles. ``distance`` counts bits; exact is 0.

    ``exact`` is what lets a case open without a person: SHA-256, or MD5 or SHA-1 with another digest or the length
    agreeing (CONTRACT, "What opens a case in the crawl").
    """

    list_name: str
    list_kind: ListKind
    kind: DigestKind
    distance: int
    exact: bool
    classification: Classification | None = None


@dataclass(frozen=True)
class Sibling:
    """What a random address beside the one looked at answered: the probe that unmasks sites that deny nothing."""

    status: int | None
    content: Content | None = None
    sha256: str | None = None
    shape: str | None = None


@dataclass(frozen=True)
class Marks:
    """By what a file is known again without fetching it whole: its length in bytes, the SHA-256 of its first
    ``prefix_size`` bytes, and the validators that its server gave (RFC 9110, 8.8), where they can be believed.
    """

    length: int
    prefix_size: int
    prefix_sha256: str
    etag: str | None = field(default=None, repr=False)
    modified: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class NameSaid:
    """What one resolver (its own address) said of a host's name.

    ``outcome`` is that of ``hotline.network.DnsReply``; where its questions ended differently, ``answer`` wins.
    """

    resolver: str
    outcome: str
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Secured:
    """A TLS connection whose certificate was believed: protocol, SHA-256 of the certificate, and its last moment."""

    version: str
    certificate_sha256: str
    valid_until: datetime


@dataclass(frozen=True)
class Look:
    """What one look at a URL saw. No content; all of it is sealed at rest, for it names hosts.

    ``names``, ``peer``, ``tls``: what the last host of the way was found by, and how it was reached. ``said_type`` and
    ``validators`` are its own words; ``media_type`` is what the first bytes are.
    ``by``: a glance proved it, by a ``validator`` or by the file's ``beginning``; ``marks``: by what a later one may.
    ``control``: whether the operator's canary could be seen by this vantage; ``None`` where none is set.
    ``phone`` is what the same visitor saw with a telephone's name, where it was tried. ``fault`` is a word of:
    ``nxdomain``, ``dns``, ``refused``, ``unreachable``, ``tls``, ``timeout``, ``broken``, ``too_large``, ``redirects``;
    ``fault_reason`` tells it without an address. ``wall``: what stood before it, if anything did.
    ``resolvers_denying`` counts the resolvers that answered NXDOMAIN, ``resolvers_asked`` all.
    ``listed`` is the kind of list that what was served stands on. For a page, ``media_known`` counts the case's known
    media digests, ``media_seen`` the files on it that are known material, saved anew or not, and ``media_unclear``
    those of its media that were not looked at. ``path_unclear``: pages of the confirming path, of the same site, that
    were walked again and neither shown nor denied. ``waits``: a page that has
    something to fill in, press or run, and does not say that anything is gone; ``may_be_wall``: the whole site, its
    front page included, answers with such a page. ``moved_to``: where the same file is
    now, as it is led to or linked.
    """

    at: datetime
    vantage: str = "direct"
    status: int | None = None
    fault: str | None = None
    fault_reason: str | None = None
    resolvers_asked: int = 0
    resolvers_denying: int = 0
    names: tuple[NameSaid, ...] = ()
    peer: str | None = None
    tls: Secured | None = None
    said_type: str | None = None
    media_type: str | None = None
    validators: tuple[tuple[str, str], ...] = ()
    final_url: str | None = None
    redirects: int = 0
    replayed: bool = False
    path_unclear: int = 0
    content: Content | None = None
    wall: Wall | None = None
    waits: bool = False
    may_be_wall: bool = False
    digests: Digests | None = None
    shape: str | None = None
    distance: int | None = None
    listed: ListKind | None = None
    sibling: Sibling | None = None
    media_known: int = 0
    media_seen: int = 0
    media_unclear: int = 0
    moved_to: str | None = None
    size: int = 0
    control: bool | None = None
    by: str | None = None
    marks: Marks | None = field(default=None, repr=False)
    phone: "Look | None" = None

    @property
    def both(self) -> tuple["Look", ...]:
        """What was seen as an ordinary visitor, and as one with a telephone where that was tried."""
        return (self,) if self.phone is None else (self, self.phone)


@dataclass(frozen=True)
class LookOrder:
    """What to look at, and what is known of it.

    ``entry`` are pages on which it was seen, ``referrer`` how the report says it was reached; both are replayed
    before a denial is believed. ``pdq_reduced`` and ``frames`` (PDQ of a video's legible frames, 32 bytes each) are for
    what is saved anew. ``media`` are the SHA-256 of known material on a page case, ``media_pdq`` the PDQ, by either
    convention, of those that have one, ``media_frames`` the frames of each video. ``marks``: a glance at the file may
    be proof enough. ``due_at``: since when it is due; who else looks meanwhile moves it.
    """

    case_id: int
    url: str
    referrer: str | None = None
    entry: tuple[str, ...] = ()
    content: Content | None = None
    sha256: str | None = None
    assessed_sha256: str | None = None
    pdq: str | None = None
    pdq_reduced: str | None = None
    frames: bytes = field(default=b"", repr=False)
    shape: str | None = None
    media: frozenset[str] = frozenset()
    media_pdq: frozenset[str] = frozenset()
    media_frames: tuple[bytes, ...] = field(default=(), repr=False)
    marks: Marks | None = field(default=None, repr=False)
    due_at: datetime | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The pages before the URL: how the report came, then a page on which it was seen."""
        pages = [page for page in (self.referrer, *self.entry[:1]) if page is not None and page != self.url]
        return tuple(dict.fromkeys(pages))

    @property
    def came_from(self) -> str | None:
        """The page from which a visitor comes."""
        return self.path[-1] if self.path else None


@dataclass(frozen=True)
class FoundMedia:
    """Material that the crawl found: enough to open a case. ``page`` is where it was seen."""

    url: str
    page: str | None
    digests: Digests
    match: Match
    content: Content
    parent_case_id: int
    crawl_key: bytes
    embargo_until: datetime | None
    seen_at: datetime
    status: int = 200
    peer: str | None = None


@dataclass(frozen=True)
class RuleMark:
    """An operator's rule that had a part in something: its place in the file, its digest, and what it did."""

    number: int
    digest: str
    author: str
    reason: str = field(repr=False)
    does: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For findings and the audit log."""
        told: dict[str, object] = {"rule": self.number, "digest": self.digest, "author": self.author}
        return told | {"reason": self.reason, "does": list(self.does)}


@dataclass(frozen=True)
class NoticeItem:
    """One URL of a notice: what its recipient needs to find and disable it. ``pages`` are hosted there too.

    ``also``: a rule has the recipient told in addition to whoever is asked. ``origin``: who found it. ``digests`` are
    those that the operator lets out, in hexadecimal; none unless ``hotline.toml`` says so.
    """

    case_id: int
    episode: int
    url: str
    ip: str | None
    seen_at: datetime
    classification: Classification
    pages: tuple[str, ...] = ()
    also: bool = False
    origin: Origin = Origin.REPORT
    digests: tuple[tuple[DigestKind, str], ...] = ()


@dataclass(frozen=True)
class HostSays:
    """What the recipient of a notice says about its cases; ``items`` are their numbers, none stands for all.

    ``until``: when a host that needs time says it will have acted. ``note`` are its own words; ``contact`` is whom it
    names as the right one, for a person of ours to judge.
    """

    answer: HostAnswer
    way: AnswerWay
    items: tuple[int, ...] = ()
    note: str = field(default="", repr=False)
    until: datetime | None = None
    contact: str = field(default="", repr=False)


@dataclass(frozen=True)
class AskedBefore:
    """Who was asked before this recipient, and when."""

    role: ContactRole
    at: datetime


@dataclass(frozen=True)
class Warned:
    """Who is asked next, and when, unless the material is gone by then."""

    role: ContactRole
    at: datetime


@dataclass(frozen=True)
class NoticeOrder:
    """What is to be asked of one recipient. ``rules`` are those of the operator's that had a part in it.

    ``warns``: who is asked after this recipient.
    """

    to: str
    contact_id: int
    role: ContactRole
    provider_id: int | None
    provider_name: str
    provider_country: str | None
    certainty: Certainty
    items: tuple[NoticeItem, ...]
    round: int = 1
    escalation: int = 0
    asked_before: tuple[AskedBefore, ...] = field(default=())
    rules: tuple[RuleMark, ...] = ()
    warns: Warned | None = None
