"""What name servers said, kept apart by resolver: who disagrees, and who did not answer, is a fact of its
own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Literal

from hotline.network.guard import IPAddress

DnsOutcome = Literal["answer", "empty", "nxdomain", "servfail", "refused", "timeout", "bad"]


@dataclass(frozen=True)
class DnsReply:
    """One resolver's word on one question.

    ``outcome``: ``answer`` (there are records), ``empty`` (the name exists, no such record), ``nxdomain``,
    ``servfail``, ``refused`` (by the server, or by us: ``reason`` says), ``timeout`` (nothing came), ``bad``
    (not understood, a loop of aliases, too long a chain).
    """

    resolver: str
    outcome: DnsOutcome
    records: tuple[str, ...] = ()
    """As text: addresses; names without the last dot, small; TXT without quotes; else zone file form."""
    names: tuple[str, ...] = ()
    """The aliases (CNAME) in order, without the name that was asked for."""
    reason: str = ""
    ttl: int = 0
    """Seconds that the records may be kept, the least of the chain."""


@dataclass(frozen=True)
class NameAnswers:
    """What all resolvers together say of a host's addresses."""

    addresses: tuple[IPAddress, ...] = ()
    """In order, IPv4 of the first resolver first, without repeats; not yet guarded."""
    names: tuple[str, ...] = ()
    replies: tuple[DnsReply, ...] = ()
    nxdomain: bool = False
    """At least two resolvers were asked, and every one says that the name does not exist."""
    problem: str | None = None
    """Why there is no address, in words."""
    ttl: int = 0


def merged(replies: Iterable[DnsReply]) -> NameAnswers:
    """All replies about a host's addresses as one value. Pure."""
    all_replies = tuple(replies)
    good = [reply for reply in all_replies if reply.outcome == "answer"]
    addresses = tuple(dict.fromkeys(ip for reply in good for ip in _addresses_in(reply)))
    names = next((reply.names for reply in (*good, *all_replies) if reply.names), ())
    answers = NameAnswers(addresses, names, all_replies, nxdomain=_all_deny(all_replies))
    if addresses:
        return replace(answers, ttl=min(reply.ttl for reply in good))
    return replace(answers, problem=_problem(all_replies))


def _addresses_in(reply: DnsReply) -> Iterable[IPAddress]:
    return (ip_address(record) for record in reply.records)


def _all_deny(replies: tuple[DnsReply, ...]) -> bool:
    resolvers = {reply.resolver for reply in replies}
    return len(resolvers) > 1 and all(reply.outcome == "nxdomain" for reply in replies)


def _problem(replies: tuple[DnsReply, ...]) -> str:
    outcomes = {reply.outcome for reply in replies}
    if outcomes == {"nxdomain"}:
        return "the name does not exist (NXDOMAIN)"
    if outcomes == {"empty"}:
        return "the name has no address"
    if outcomes == {"timeout"}:
        return "no name server answered"
    if outcomes == {"servfail"}:
        return "the name servers failed to find out (SERVFAIL)"
    if len(outcomes) > 1 and "nxdomain" in outcomes:
        return "the name servers disagree"
    reasons = [reply.reason for reply in replies if reply.reason]
    return reasons[0] if reasons else "the name servers cannot say"
