"""What came over the wire of RDAP, read without trust: JSON, refusals, limits, and how long to wait."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from takedown.hosting.rdap.shapes import listed, number, record, texts
from takedown.hosting.servers import REST

_MEMBERS: Final = (
    "objectClassName",
    "startAddress",
    "handle",
    "ldhName",
    "entities",
    "startAutnum",
    "vcardArray",
)
_MOST_DIGITS: Final = 40
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""Half a character: as JSON it can be read, but nothing can store it."""


@dataclass(frozen=True)
class Reply:
    """One hop's answer, names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds the server wants to be left alone, by its own clock where it names a moment; ``None``
    when it does not say so, or nonsense. Names of ``headers`` in lower case.
    """
    said = headers.get("retry-after", "")
    wait = number(said)
    if wait is not None:
        return float(wait)
    until, now = _moment(said), _moment(headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _moment(written: str) -> datetime | None:
    """A date of HTTP (RFC 9110, section 5.6.7); ``None`` for anything else."""
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def rest_of(reply: Reply) -> float:
    """How many seconds to leave the server alone."""
    return retry_after(reply.headers) or REST


def error_in(body: dict[str, object] | None, status: int) -> int | None:
    """The code of a refusal, from the status or, where that says little, from the body."""
    code = number(body.get("errorCode")) if body else None
    said = code if code is not None and code >= 300 else None
    if 200 <= status < 300:
        return said
    return said or status if status == 400 else status


def json_in(body: bytes) -> dict[str, object] | None:
    """The object in a body, also one that stands alone in a list; ``None`` where there is none."""
    written = body.decode("utf-8-sig", "replace")
    try:
        value = json.loads(written, parse_int=_whole)
        if _HALF.search(written):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def _whole(digits: str) -> int | str:
    """A number that is absurdly long stays text: it costs its member, not the answer."""
    return int(digits) if len(digits) < _MOST_DIGITS else digits


def is_limit(body: dict[str, object]) -> bool:
    """Some registries say "too often" with status 200, in a notice and with nothing else."""
    if any(body.get(member) for member in _MEMBERS):
        return False
    notices = [*listed(body.get("notices")), *listed(body.get("remarks")), body]
    said = " ".join(
        " ".join(texts([record(each).get("title"), record(each).get("description")])) for each in notices
    ).lower()
    return any(word in said for word in ("rate limit", "too many", "limit exceeded", "quota", "rate-limit"))
