"""What a line of a list comes to, whoever wrote it: a row, a withdrawal, or a bad row with its reason."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from hotline.words import Classification, DigestKind


@dataclass(frozen=True)
class ListRow:
    """One file of a list: what is known of it. ``line`` is the physical line where the row starts, from 1.

    ``category`` is the owner's own word for what it shows, whose meaning is the owner's own too. ``source_id`` is the
    owner's own name for the entry. ``lasting``: the owner never gives that name to another entry,
    so that what comes later under it takes the place of what came before.
    """

    line: int
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    length: int | None = None
    classification: Classification | None = None
    scheme: str | None = None
    label: str | None = None
    source_id: str | None = None
    lasting: bool = False
    category: str | None = None


@dataclass(frozen=True)
class Withdrawal:
    """The owner takes an entry back, by its own name for it, or by digests."""

    line: int
    source_id: str | None = None
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None


@dataclass(frozen=True)
class BadRow:
    """A row that was not taken, and why."""

    line: int
    reason: str


class Damage(BadRow):
    """Where the file itself is cut off or broken: what follows, if anything, could not be read."""


Row = ListRow | Withdrawal | BadRow


class Reading:
    """A file as it is understood, row by row, while it is read; each iteration reads it anew.

    The first row is read at once, so that a file that cannot serve is refused at the door, and ``ignored``, the
    columns that mean nothing to us, is known. A pipe, which cannot be read twice, serves one iteration.
    """

    def __init__(self, begin: Callable[[list[str]], Iterator[Row]]) -> None:
        self._begin = begin
        self.ignored: list[str] = []
        rows = begin(self.ignored)
        self._begun: Iterator[Row] | None = chain([first] if (first := next(rows, None)) else [], rows)

    def __iter__(self) -> Iterator[Row]:
        begun, self._begun = self._begun, None
        return self._begin([]) if begun is None else begun


KINDS: Final = {
    "sha256": DigestKind.SHA256, "sha_256": DigestKind.SHA256, "sha2_256": DigestKind.SHA256,
    "sha1": DigestKind.SHA1, "sha_1": DigestKind.SHA1,
    "md5": DigestKind.MD5, "md_5": DigestKind.MD5, "photo_md5": DigestKind.MD5, "video_md5": DigestKind.MD5,
    "hash_md5": DigestKind.MD5, "hash_sha1": DigestKind.SHA1, "hash_sha256": DigestKind.SHA256,
    "pdq": DigestKind.PDQ, "pdq_hash": DigestKind.PDQ, "hash_pdq": DigestKind.PDQ,
}  # fmt: skip
BY_LENGTH: Final = {64: DigestKind.SHA256, 40: DigestKind.SHA1, 32: DigestKind.MD5}
HEX: Final = re.compile(r"[0-9a-f]+")
_NAME_OF_A_KIND: Final = re.compile(r"[A-Za-z][\w-]{1,31}")
_LONGEST_NAME: Final = 200


def normal(name: str) -> str:
    """A name of a column or kind, whatever its case, spaces and dashes."""
    return re.sub(r"[\s\-.]+", "_", name.strip().strip('"').lower())


def kind_of(word: str) -> DigestKind | None:
    """The digest that a word such as ``SHA-256`` or ``photo_md5`` means."""
    return KINDS.get(normal(word))


def digest(text: str, kind: DigestKind) -> str:
    """A digest in small hexadecimal.

    Raises:
        ValueError: not hexadecimal, or of another length; the text says which.
    """
    plain = text.strip().lower().removeprefix("0x")
    if not HEX.fullmatch(plain):
        raise ValueError(f"{kind} is not hexadecimal")
    if len(plain) != kind.hex_length:
        raise ValueError(f"{kind} has {len(plain)} digits, not {kind.hex_length}")
    return plain


def hex_or_base64(text: str, kind: DigestKind) -> str:
    """A digest that its owner wrote in hexadecimal, or as base64 of its bytes: the length tells which.

    Raises:
        ValueError: neither; the text says why.
    """
    plain = text.strip()
    if len(plain) != kind.hex_length and len(plain.rstrip("=")) == -(-kind.hex_length * 2 // 3):
        try:
            return digest(
                base64.b64decode(plain.rstrip("=") + "=" * (-len(plain.rstrip("=")) % 4), validate=True).hex(), kind
            )
        except binascii.Error:
            raise ValueError(f"{kind} is neither hexadecimal nor base64") from None
    return digest(plain, kind)


def bare_digest(text: str) -> tuple[DigestKind, str]:
    """A line that is ``hex``, ``kind:hex``, ``kind,hex`` or ``kind hex``; bare hexadecimal is told by its length.

    Raises:
        ValueError: neither; the text says why.
    """
    parts = [part for part in re.split(r"[\s:,;=]+", text.strip().strip('"')) if part]
    if not parts:
        raise ValueError("empty row")
    named = kind_of(parts[0]) if len(parts) > 1 else None
    if named is not None:
        return named, digest(parts[1], named)
    plain = parts[0].lower().removeprefix("0x")
    if not HEX.fullmatch(plain):
        raise ValueError(_unknown(parts))
    if len(plain) not in BY_LENGTH:
        raise ValueError(f"a digest of {len(plain)} digits is none that is known")
    return BY_LENGTH[len(plain)], plain


def _unknown(parts: list[str]) -> str:
    return unknown_kind(parts[0]) if len(parts) > 1 else "neither a digest nor a known kind of digest"


def unknown_kind(name: str) -> str:
    """The reason for a kind that we do not know; it is named only where it looks like one."""
    named = f": {name}" if _NAME_OF_A_KIND.fullmatch(name) else ""
    return f"a kind of digest that is not known{named}"


def name_of(*parts: object) -> str | None:
    """The owner's name for an entry, from one or more values; ``None`` where there is none, or it is no name."""
    texts = [str(part).strip() for part in parts if isinstance(part, str | int) and not isinstance(part, bool)]
    whole = ":".join(texts)
    return whole if len(texts) == len(parts) and all(texts) and len(whole) <= _LONGEST_NAME else None


def withdrawals(lines: Iterable[str]) -> Iterator[Withdrawal | BadRow]:
    """A digest a line, as ``bare_digest`` reads it, each to be taken back."""
    for line, text in enumerate(lines, 1):
        try:
            kind, digest = bare_digest(text)
        except ValueError as wrong:
            yield BadRow(line, str(wrong))
        else:
            yield Withdrawal(line, **{kind.value: digest})
