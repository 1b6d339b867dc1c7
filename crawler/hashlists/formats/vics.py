"""Project VIC's data model (VICS) in JSON, 1.3 and 2.0: a list of media, or of cases that hold media.

Lists that are handed out have the media themselves under ``value``; what tools export has cases there, each with an
array ``Media``. What a category means is each country's own matter, so its number is kept with the model and the
country that the file names, and never becomes a classification of ours. A series can be a child's name: it is left out.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from crawler.hashlists.formats.json_objects import Found, Objects
from crawler.hashlists.formats.rows import (
    BadRow,
    Damage,
    ListRow,
    Row,
    digest,
    hex_or_base64,
    kind_of,
    name_of,
)
from hotline.errors import HotlineError
from hotline.words import DigestKind

_MEDIA: Final = "media"
_OF_MEDIA: Final = frozenset({"md5", "sha1", "sha256", "hashes", "alternativehashes", "mediaid", "photodna"})
_MODEL: Final = re.compile(r"DataModels/(\d+(?:\.\d+)*)\.xml(?:/([A-Z]{2})/)?")
_MODEL_NAMES: Final = ("odata.metadata", "@odata.context")
_LARGEST_LENGTH: Final = 10**18


def rows(stream: BinaryIO) -> Iterator[Row]:
    """The media of a document, each as it is found.

    Raises:
        HotlineError: it is no JSON at all.
    """
    objects = Objects(stream, _holds_media, _is_around_media)
    for found in objects:
        if not objects.is_begun:
            raise HotlineError("line 1: this is no JSON document; check --format, and that the file is unpacked")
        yield _row(found, objects.preface)


def _holds_media(names: list[str | None]) -> bool:
    """Whether the array that these names lead to has media, or cases, as its elements."""
    return names in ([None], [None, "value"]) or (names[-1] or "").lower() == _MEDIA


def _is_around_media(value: dict[str, Any]) -> bool:
    """Whether this object is no medium, but has an array of media somewhere inside."""
    if not _OF_MEDIA.isdisjoint(key.lower() for key in value):
        return False
    ahead: list[Any] = [value]
    while ahead:
        here = ahead.pop()
        if isinstance(here, dict):
            if any(key.lower() == _MEDIA and isinstance(each, list) for key, each in here.items()):
                return True
            ahead.extend(here.values())
        elif isinstance(here, list):
            ahead.extend(here)
    return False


def _row(found: Found, preface: dict[str, str]) -> Row:
    if found.value is None:
        return (Damage if found.is_end else BadRow)(found.line, found.reason or "")
    cells = {key.lower(): value for key, value in found.value.items()}
    try:
        return ListRow(
            found.line,
            length=_length(cells.get("mediasize")),
            scheme=_scheme(cells, preface),
            source_id=name_of(cells.get("mediaid")),
            category=name_of(cells.get("category")),
            **_digests(cells),
        )
    except ValueError as wrong:
        named = name_of(cells.get("mediaid"))
        return BadRow(found.line, f"{wrong} (MediaID {named})" if named else str(wrong))


def _digests(cells: dict[str, Any]) -> dict[str, Any]:
    digests: dict[str, Any] = {}
    for kind in DigestKind:
        if text := _text(cells.get(kind.value)):
            digests[kind.value] = digest(text, kind)
    unknown = {"PhotoDNA"} if cells.get("photodna") else set()
    for name, value in _further(cells):
        known = kind_of(name)
        if known is None:
            unknown.add(name[:40])
        else:
            digests.setdefault(known.value, hex_or_base64(value, known))
    if not digests:
        raise ValueError(f"no digest of a kind that is known, only {', '.join(sorted(unknown))}" if unknown else
                         "no digest")  # fmt: skip
    return digests


def _further(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """``HashName`` and ``HashValue`` of the hashes beside MD5 and SHA1."""
    for each in (*_list(cells.get("hashes")), *_list(cells.get("alternativehashes"))):
        if isinstance(each, dict):
            pair = {key.lower(): value for key, value in each.items()}
            if (name := _text(pair.get("hashname"))) and (value := _text(pair.get("hashvalue"))):
                yield name, value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _length(value: Any) -> int | None:
    if value in (None, "", 0, "0"):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text[:20]) >= _LARGEST_LENGTH:
        raise ValueError("the length is not a number of bytes")
    return int(text)


def _scheme(cells: dict[str, Any], preface: dict[str, str]) -> str | None:
    category = name_of(cells.get("category"))
    if category is None:
        return None
    model = next((preface[name] for name in _MODEL_NAMES if name in preface), "")
    told = _MODEL.search(model)
    source = _text(cells.get("precategorizationsource"))[:40] if _is_true(cells.get("isprecategorized")) else ""
    words = ("vics", *(told.groups("") if told else ()), "category", category[:40], f"by {source}" if source else "")
    return " ".join(word for word in words if word)


def _is_true(value: Any) -> bool:
    """Tools write truth as JSON's own word, and as texts."""
    return value is True or _text(value).lower() in ("true", "1")
