"""A glance: the cheapest proof that a file is still where it was. It proves that, or nothing at all.

First by a validator (``If-None-Match``, ``If-Modified-Since``; RFC 9110, section 13), then by the digest of the file's
beginning (``Range``; section 14), both in one request. Whatever else is answered, the file is looked at whole.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from crawler.fetcher import Beginning, Fetcher
from hotline.address import Url, parse_url
from hotline.facts import Look, LookOrder, Marks

BY_VALIDATOR: Final = "validator"
BY_BEGINNING: Final = "beginning"

_RANGE: Final = re.compile(r"bytes 0-\d+/(\d+)")
_NEVER: Final = Marks(0, 0, "", etag='"never-given-0d1f7c"', modified="Thu, 01 Jan 1970 00:00:00 GMT")


async def glance(order: LookOrder, fetcher: Fetcher, now: datetime) -> Look:
    """A look that costs few bytes; it is proof of something only when it says ``by`` what."""
    nothing = Look(at=now, vantage=fetcher.vantage)
    marks = order.marks
    if marks is None:
        return nothing
    seen = await fetcher.beginning(
        parse_url(order.url), _asked(marks, marks.prefix_size), marks.prefix_size, referrer=order.came_from
    )
    if seen is None:
        return nothing
    return replace(nothing, status=seen.status, peer=seen.peer, by=_proof(marks, seen), size=seen.size)


async def trusted(marks: Marks, fetcher: Fetcher, url: Url, referrer: str | None) -> Marks:
    """The marks without validators that prove nothing: of a server to which any validator is the right one."""
    if not (marks.etag or marks.modified):
        return marks
    asked = _validators(Marks(0, 0, "", marks.etag and _NEVER.etag, marks.modified and _NEVER.modified))
    seen = await fetcher.beginning(url, asked, 0, referrer=referrer)
    if seen is not None and seen.status == 200:
        return marks
    return Marks(marks.length, marks.prefix_size, marks.prefix_sha256)


def _asked(marks: Marks, size: int) -> dict[str, str]:
    return {**_validators(marks), "Range": f"bytes=0-{size - 1}"}


def _validators(marks: Marks) -> dict[str, str]:
    # Where there is an entity tag, a server need not look at the date (RFC 9110, 13.1.3).
    if marks.etag:
        return {"If-None-Match": marks.etag}
    return {"If-Modified-Since": marks.modified} if marks.modified else {}


def _proof(marks: Marks, seen: Beginning) -> str | None:
    if seen.status == 304:
        return BY_VALIDATOR if marks.etag or marks.modified else None
    if _length(seen.status, seen.headers) != marks.length or seen.headers.get("content-encoding"):
        return None
    same = hashlib.sha256(seen.beginning[: marks.prefix_size]).hexdigest() == marks.prefix_sha256
    return BY_BEGINNING if same else None


def _length(status: int, headers: Mapping[str, str]) -> int | None:
    """How long the whole file is said to be."""
    if status == 206:
        found = _RANGE.fullmatch(headers.get("content-range", "").strip())
        return int(found[1]) if found else None
    said = headers.get("content-length", "")
    return int(said) if status == 200 and said.isdecimal() else None
