"""Has a case another host than before? Pure, from two findings in the contract's form.

A changed host stops a notice and begins the asking anew, so a change must be one of networks: a provider that was
renamed, a registry that is down, a name whose addresses come in turns are none.
"""

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from hotline.clock import parse_time
from hotline.words import Certainty

Snapshot = dict[str, Any]
Address = dict[str, Any]

OUTWEIGHS: Final = timedelta(days=7)
"""How long what was learnt well outweighs what was learnt while something went wrong."""


_ADVICE: Final = ("left out", "own domain", "nobody is known who could be asked")
"""What ``takedown.contacts`` says of contacts that it was told well enough; its tests hold the two together."""


class Change(Enum):
    """What a second look at the hosting brought."""

    SAME = "the same host, told as well as before"
    LESS = "less than is known, for something went wrong"
    OTHER = "another host"


def compare(before: Snapshot, after: Snapshot) -> Change:
    """What has become of the host that ``before`` knows, by a later finding."""
    if not after["addresses"] and before["addresses"]:
        return Change.LESS  # the name is gone or nobody answered: that is no other host
    if after.get("told_origin") not in (None, before.get("told_origin")):
        return Change.OTHER  # the front was asked so far, and now whoever is behind it
    doubtful = _is_doubtful(before, after)
    if before["addresses"] and _has_moved(before, after, doubtful):
        return Change.OTHER
    return Change.LESS if doubtful and _lost(before, after) else Change.SAME


def _is_doubtful(before: Snapshot, after: Snapshot) -> bool:
    """Whether something went wrong now that did not then, and what was known then is not too old to count."""
    age = parse_time(after["observed_at"]) - parse_time(before["observed_at"])
    new = set(after["problems"]) - set(before["problems"])
    return age < OUTWEIGHS and not all(_is_advice(problem) for problem in new)


def _is_advice(problem: str) -> bool:
    """Whether a problem is about whom to ask, rather than about what could not be learnt."""
    return any(words in problem for words in _ADVICE)


def _has_moved(before: Snapshot, after: Snapshot, doubtful: bool) -> bool:
    same_ip = bool(_ips(before) & _ips(after))
    left = _autnum(after) is not None and bool(announcers(before)) and _autnum(after) not in announcers(before)
    if same_ip:
        return left and not doubtful  # the space was handed over; an old answer may say so wrongly
    return left or not (_share_network(before, after) or _same_owner(before, after))


def _share_network(before: Snapshot, after: Snapshot) -> bool:
    """Whether an address of both lies in one network of the registry: hosts renumber within their own."""
    return bool(set(_networks(before)) & set(_networks(after)))


def _same_owner(before: Snapshot, after: Snapshot) -> bool:
    """By name; where one of the names is not known, by who announces it."""
    name, later = _provider(before).get("name"), _provider(after).get("name")
    if name is not None and later is not None:
        return bool(name == later)
    return _autnum(after) is not None and _autnum(after) in announcers(before)


def _networks(finding: Snapshot) -> Iterator[tuple[Any, Any]]:
    return ((each.get("asn"), each["network"]) for each in finding["addresses"] if each.get("network"))


def _lost(before: Snapshot, after: Snapshot) -> bool:
    """Whether what was known of the provider, the certainty or the contacts is not known any more."""
    facts = zip(identity(before), identity(after), strict=True)
    if any(old is not None and new is None for old, new in facts):
        return True
    kept = {each["address"].lower() for each in after["contacts"]}
    first = before["contacts"][:1]
    return len(after["contacts"]) < len(before["contacts"]) or any(c["address"].lower() not in kept for c in first)


def identity(finding: Snapshot) -> list[Any]:
    """Who hosts it and how sure that is; ``None`` for what is not known."""
    provider = _provider(finding)
    certainty = None if finding["certainty"] == Certainty.UNKNOWN else finding["certainty"]
    return [provider.get("name"), provider.get("asn"), provider.get("country"), certainty]


def steady(before: Snapshot, after: Snapshot) -> Snapshot:
    """``after`` in the order of ``before`` where only the order differs.

    Name servers give several addresses in turns. Who is asked next must not hang on whose turn it is.
    """
    ips, contacts = _order(before, "addresses", "ip"), _order(before, "contacts", "address")
    told = dict(after)
    if set(ips) == {each["ip"].lower() for each in after["addresses"]}:
        told["addresses"] = sorted(after["addresses"], key=lambda each: ips[each["ip"].lower()])
        if ips and after["addresses"][0]["ip"] != before["addresses"][0]["ip"]:
            told["provider"] = before["provider"]
    if set(contacts) == {each["address"].lower() for each in after["contacts"]}:
        told["contacts"] = sorted(after["contacts"], key=lambda each: contacts[each["address"].lower()])
    return told


def _order(finding: Snapshot, part: str, name: str) -> dict[str, int]:
    return {each[name].lower(): place for place, each in reversed(list(enumerate(finding[part])))}


def _provider(finding: Snapshot) -> dict[str, Any]:
    return finding["provider"] or {}


def _autnum(finding: Snapshot) -> int | None:
    return _provider(finding).get("asn")


def announcers(finding: Snapshot) -> frozenset[int]:
    """The AS numbers of all that announce one of its addresses."""
    found = {_autnum(finding)}
    for each in finding["addresses"]:
        found |= {each.get("asn"), *each.get("asns", ())}
    return frozenset(asn for asn in found if asn is not None)


def _ips(finding: Snapshot) -> set[str]:
    return {each["ip"] for each in finding["addresses"]}
