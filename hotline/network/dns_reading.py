"""What a DNS message means: records, the chain of aliases on the way to them, or the kind of "no". Pure."""

from dataclasses import dataclass
from typing import Final

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.mxbase import MXBase
from dns.rdtypes.nsbase import NSBase

from hotline.network.answers import DnsOutcome

LONGEST_CHAIN: Final = 8
"""Aliases that are followed; a longer chain is ``bad``."""
_MOST_RECORDS: Final = 100
_OUTCOMES: Final[dict[int, DnsOutcome]] = {
    dns.rcode.NOERROR: "empty",
    dns.rcode.NXDOMAIN: "nxdomain",
    dns.rcode.SERVFAIL: "servfail",
    dns.rcode.REFUSED: "refused",
}


@dataclass(frozen=True)
class Reading:
    """One message, read. ``open_end``: the alias at which the message stops without a word about it."""

    outcome: DnsOutcome
    records: tuple[str, ...] = ()
    names: tuple[dns.name.Name, ...] = ()
    open_end: dns.name.Name | None = None
    reason: str = ""
    ttl: int = 0


def read(message: dns.message.Message, asked: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Reading:
    """Follows the aliases inside the message from ``asked`` to records of ``rdtype``."""
    if message.rcode() not in _OUTCOMES:
        return Reading("bad", reason="the name server answered with an error")
    names: list[dns.name.Name] = []
    ttls: list[int] = []
    tail = asked
    while (found := _rrset(message, tail, rdtype)) is None:
        alias = _rrset(message, tail, dns.rdatatype.CNAME)
        if alias is None:
            return _without_records(message, tuple(names), min(ttls, default=0))
        tail = alias[0].target
        if tail in names or tail == asked or len(names) >= LONGEST_CHAIN:
            return Reading("bad", names=tuple(names), reason="the aliases go in a circle or on without end")
        names.append(tail)
        ttls.append(alias.ttl)
    records = tuple(dict.fromkeys(text_of(record) for record in list(found)[:_MOST_RECORDS]))
    return Reading("answer", records, tuple(names), ttl=min([*ttls, found.ttl]))


def _without_records(message: dns.message.Message, names: tuple[dns.name.Name, ...], ttl: int) -> Reading:
    outcome = _OUTCOMES[message.rcode()]
    if outcome == "empty" and names:
        return Reading(outcome, names=names, open_end=names[-1], ttl=ttl)
    if outcome == "empty" and _is_referral(message):
        return Reading("bad", reason="the name server only refers to others")
    return Reading(outcome, names=names)


def _is_referral(message: dns.message.Message) -> bool:
    kinds = {rrset.rdtype for rrset in message.authority}
    authoritative = bool(message.flags & dns.flags.AA)
    return not authoritative and dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _rrset(
    message: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    found = message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)
    return found if found else None


def text_of(record: dns.rdata.Rdata) -> str:
    """A record as the product keeps it: names small and without the last dot, TXT joined and without
    quotes."""
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    if isinstance(record, NSBase):  # NS, CNAME, PTR
        return plain(record.target)
    if isinstance(record, MXBase):
        return f"{record.preference} {plain(record.exchange)}"
    return record.to_text()


def plain(name: dns.name.Name) -> str:
    """``Edge.Example.`` as ``edge.example``."""
    return name.to_text(omit_final_dot=True).lower()
