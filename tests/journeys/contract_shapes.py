"""The contract's JSON shapes, written from its text: keys that must be there, and what their values may be.

A shape is a type, a set of allowed values, a list of one shape, a dictionary of keys, ``Maybe`` (or ``null``), or a
function that says whether a value fits. Keys beyond those of the contract are free, as additions are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Shape = Any


@dataclass(frozen=True)
class Maybe:
    """The shape, or ``null``."""

    shape: Shape


def time(value: Any) -> bool:
    """UTC, ISO 8601 with a Z."""
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None


def digest(length: int) -> Callable[[Any], bool]:
    """Hexadecimal of a length."""
    return lambda value: isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{length}}}", value) is not None


def number(value: Any) -> bool:
    """A number that is not a truth."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    """A count, or an id."""
    return isinstance(value, int) and not isinstance(value, bool)


STATES = {
    "confirmed", "ready", "notified", "escalated", "referred", "review", "removed", "reappeared", "closed", "rejected",
}  # fmt: skip
ROLES = {"host", "cdn", "platform", "upstream", "registrar", "registry", "hotline"}
PROVIDER = {"name": Maybe(str), "asn": Maybe(whole), "country": Maybe(str)}
MATCH = {"list": str, "kind": {"sha256", "sha1", "md5", "pdq"}, "distance": whole}
REJECTED = {"line": whole, "reason": str}

SEEDS = {"accepted": whole, "joined": whole, "rejected": [REJECTED]}
HASHES_IMPORTED = {"added": whole, "known": whole, "rejected": [REJECTED]}
HASHES_CHECKED = [
    {
        "digest": str,
        "kind": {"sha256", "sha1", "md5", "pdq"},
        "match": Maybe(MATCH),
    }
]
HASHES_COMPUTED = [
    {
        "file": str, "sha256": digest(64), "sha1": digest(40), "md5": digest(32), "pdq": Maybe(digest(64)),
        "pdq_quality": Maybe(whole), "media_type": Maybe(str), "frames": Maybe(whole), "problem": Maybe(str),
    }
]  # fmt: skip
CRAWLED = dict.fromkeys(("tickets", "pages", "media", "matched", "cases_opened", "refused", "unclear"), whole)
SENT = {"sent": whole, "withheld": [{"case": whole, "reason": str}], "failed": whole, "unknown": whole}
INBOX = dict.fromkeys(("bounced", "replied", "automatic", "unmatched"), whole)
LOOKED = dict.fromkeys(("looked", "online", "gone", "changed", "moved", "unclear", "bytes"), whole)
VERIFIED = {"entries": whole, "root": digest(64)}
STATUS = {
    "jobs": dict.fromkeys(("waiting", "running", "failed"), whole),
    "workers": [{"name": str, "since": time, "doing": Maybe(str)}],
    "oldest_due": Maybe(time),
    "problems": [str],
}

CASE = {
    "id": whole, "url": Maybe(str), "state": STATES, "classification": {"baseline", "national"},
    "origin": {"report", "crawl"}, "found_on": [str], "match": Maybe(MATCH), "opened_at": time,
    "first_notice_at": Maybe(time), "last_online_at": Maybe(time), "removed_at": Maybe(time),
    "embargo_until": Maybe(time), "provider": Maybe(PROVIDER), "notices": whole, "escalation": whole,
    "episode": whole, "due_at": Maybe(time),
}  # fmt: skip
OBSERVATION = {
    "at": time, "vantage": str, "outcome": {"online", "gone", "changed", "moved", "unclear"}, "reason": Maybe(str),
    "status": Maybe(whole), "sha256": Maybe(digest(64)), "md5": Maybe(digest(32)), "sha1": Maybe(digest(40)),
    "pdq": Maybe(digest(64)), "distance": Maybe(whole), "bytes": whole,
}  # fmt: skip
NOTICE = {
    "id": whole, "cases": [whole], "provider": Maybe(PROVIDER), "to": Maybe(str), "role": ROLES, "language": str,
    "round": whole, "escalation": whole,
    "state": {"queued", "sending", "sent", "unknown", "failed", "bounced", "withheld"},
    "attempts": whole, "message_id": Maybe(str), "queued_at": time, "sent_at": Maybe(time), "problem": Maybe(str),
}  # fmt: skip
NOTICE_SHOWN = NOTICE | {"message": Maybe(str)}
CONTACT = {
    "role": ROLES, "address": Maybe(str), "kind": {"email", "form"}, "source": {"override", "rdap", "whois", "rfc2142"},
    "object": Maybe(str), "confidence": number, "observed_at": time,
}  # fmt: skip
FINDING = {
    "url": Maybe(str), "host": Maybe(str), "registrable_domain": Maybe(str), "names": [str],
    "addresses": [
        {"ip": str, "asn": Maybe(whole), "as_name": Maybe(str), "prefix": Maybe(str), "network": Maybe(str),
         "country": Maybe(str)}
    ],
    "certainty": {"origin", "cdn_edge", "shared_platform", "unknown"}, "provider": Maybe(PROVIDER),
    "registrar": Maybe({"name": Maybe(str), "iana_id": Maybe(whole), "abuse_email": Maybe(str)}),
    "contacts": [CONTACT], "observed_at": time, "problems": [str],
}  # fmt: skip
CASE_DETAIL = CASE | {
    "observations": [OBSERVATION], "findings": [FINDING], "notices": [NOTICE], "deliveries": [dict], "replies": [dict],
    "moves": [dict], "assessments": [dict],
}  # fmt: skip
METRICS = {
    "definition": str,
    "groups": [
        {
            "group": str, "cases": whole, "removed": whole, "open": whole, "reappeared": whole, "unverifiable": whole,
            "referred_unknown": whole, "median_hours": Maybe(number), "median_ci95": Maybe([Maybe(number)]),
            "p90_hours": Maybe(number),
            "within": {"24h": Maybe(number), "72h": Maybe(number), "7d": Maybe(number)},
            "survival": [[number]],
        }
    ],
}  # fmt: skip
SETTINGS = [{"name": str, "value": Maybe(str), "origin": str}]


def faults(shape: Shape, value: Any, where: str = "") -> list[str]:
    """Where the value does not have the shape; an empty list when it has."""
    return list(_faults(shape, value, where or "the document"))


def _faults(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if isinstance(shape, Maybe):
        if value is not None:
            yield from _faults(shape.shape, value, where)
    elif isinstance(shape, type):
        if not isinstance(value, shape):
            yield f"{where} is {value!r}, not {shape.__name__}"
    elif isinstance(shape, set):
        if not isinstance(value, str) or value not in shape:
            yield f"{where} is {value!r}, not one of {sorted(shape)}"
    elif isinstance(shape, list):
        yield from _list_faults(shape[0], value, where)
    elif isinstance(shape, dict):
        yield from _dict_faults(shape, value, where)
    elif not shape(value):
        yield f"{where} is {value!r}"


def _list_faults(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} is no list"
        return
    for at, each in enumerate(value):
        yield from _faults(shape, each, f"{where}[{at}]")


def _dict_faults(shape: dict[str, Shape], value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no object"
        return
    for name, inner in shape.items():
        if name not in value:
            yield f"{where} lacks {name}"
        else:
            yield from _faults(inner, value[name], f"{where}.{name}")


FORM = {
    "form": whole, "address": Maybe(str), "role": ROLES, "provider": Maybe(PROVIDER), "cases": [whole], "round": whole,
    "why": str, "withheld": [{"case": whole, "reason": str}],
}  # fmt: skip
FORM_SHOWN = {
    "form": whole, "address": Maybe(str), "role": ROLES, "provider": Maybe(PROVIDER), "cases": [whole], "round": whole,
    "why": str, "notice": Maybe(whole), "reply_to": Maybe(str), "subject": Maybe(str), "text": Maybe(str),
    "urls": Maybe([str]),
}  # fmt: skip
