"""What operators know better than registries: rules for a domain, a network or an AS number (decision 0020). Pure.

Several rules may match. The most specific speaks first: domains before networks before AS numbers, the longer name or
prefix before the shorter, then the order of the file. The first that names a provider, a contact or a channel decides
it; everything that forbids holds, and everybody who is to be told as well is told.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from hotline.address import is_ip_literal
from hotline.facts import RuleMark
from hotline.words import ContactKind
from takedown.hosting.blocks import Address, Block
from takedown.hosting.edge_table import under
from takedown.hosting.finding import HostingFinding


@dataclass(frozen=True)
class Named:
    """What a rule says of the provider; ``None`` leaves what was found."""

    name: str | None = None
    asn: int | None = None
    country: str | None = None


@dataclass(frozen=True)
class Rule:
    """One rule. ``number``: its place in the file, from 1. Exactly one of ``domain``, ``network``, ``asn`` is there.

    ``silent``: nobody is told of these URLs. ``never``: these addresses are not asked about them; ``also``: these are
    told in addition. Addresses are in the author's spelling.
    """

    number: int
    author: str
    reason: str
    domain: str | None = field(default=None, repr=False)
    network: Block | None = None
    asn: int | None = None
    provider: Named | None = None
    contact: str | None = field(default=None, repr=False)
    contact_kind: ContactKind = ContactKind.EMAIL
    channel: ContactKind | None = None
    silent: bool = False
    never: tuple[str, ...] = field(default=(), repr=False)
    also: tuple[str, ...] = field(default=(), repr=False)

    @property
    def words(self) -> str:
        """Who wrote it and why, for people."""
        return f"rule {self.number} ({self.author}): {self.reason}"

    @cached_property
    def digest(self) -> str:
        """What the rule says, as 16 hexadecimal digits; its place in the file does not count."""
        return _digest(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The rule as it was understood, without its place."""
        on, what = self.subject
        forbidden: Any = True if self.silent else list(self.never) or None
        return {
            "author": self.author,
            "reason": self.reason,
            "on": on,
            "subject": what,
            "provider": vars(self.provider).copy() if self.provider else None,
            "contact": self.contact,
            "channel": self.channel.value if self.channel else None,
            "do_not_notify": forbidden,
            "also_notify": list(self.also),
        }

    @property
    def subject(self) -> tuple[str, str | int]:
        """What the rule is about."""
        if self.domain is not None:
            return "domain", self.domain
        return ("network", str(self.network)) if self.network is not None else ("asn", self.asn or 0)

    @property
    def _rank(self) -> tuple[int, int, int]:
        if self.domain is not None:
            return 0, -len(self.domain), self.number
        if self.network is not None:
            return 1, -self.network.prefixlen, self.number
        return 2, 0, self.number

    def is_about(self, host: str, ips: Iterable[Address], asns: Iterable[int]) -> bool:
        """Whether the rule is about a host with these addresses, announced by these systems."""
        if self.domain is not None:
            return not is_ip_literal(host) and under(host.lower().rstrip("."), self.domain)
        if self.network is not None:
            block = self.network
            return any(ip.version == block.version and ip in block for ip in ips)
        return self.asn is not None and self.asn in asns


@dataclass(frozen=True)
class Say:
    """What all rules that match a finding say together; they stand in the order in which they speak.

    ``is_holder``: whether an address may be the holder's of the site. Only a rule's ``contact`` may ask him: whoever
    wrote that knew that he would be the one who is asked.
    """

    rules: tuple[Rule, ...] = ()
    is_holder: Callable[[str], bool] = field(default=lambda address: False, repr=False, compare=False)

    @property
    def provider(self) -> Rule | None:
        """The rule that names the provider."""
        return next((each for each in self.rules if each.provider), None)

    @property
    def contact(self) -> Rule | None:
        """The rule whose contact is asked first."""
        return next((each for each in self.rules if each.contact), None)

    @property
    def channel(self) -> Rule | None:
        """The rule that says in which way the host is asked."""
        return next((each for each in self.rules if each.channel), None)

    @property
    def silent(self) -> Rule | None:
        """The first of the rules by which nobody is told."""
        return next((each for each in self.rules if each.silent), None)

    def forbids(self, address: str) -> Rule | None:
        """The first rule by which this address is not asked."""
        wanted = address.lower()
        return next((each for each in self.rules if wanted in map(str.lower, each.never)), None)

    @property
    def also(self) -> dict[str, Rule]:
        """Who is told in addition, and by which rule; nobody whom another rule forbids, and not the site's holder."""
        found: dict[str, tuple[str, Rule]] = {}
        for rule in self.rules:
            for address in rule.also:
                found.setdefault(address.lower(), (address, rule))
        allowed = ((address, rule) for address, rule in found.values() if self.forbids(address) is None)
        return {address: rule for address, rule in allowed if not self.is_holder(address)}

    @property
    def holders(self) -> tuple[Rule, ...]:
        """The rules that would have the site's holder told in addition."""
        return tuple(rule for rule in self.rules if any(map(self.is_holder, rule.also)))

    @property
    def marks(self) -> tuple[RuleMark, ...]:
        """The rules that had a part in this, each with what it did."""
        made = ((rule, self._does(rule)) for rule in self.rules)
        return tuple(RuleMark(rule.number, rule.digest, rule.author, rule.reason, does) for rule, does in made if does)

    def _does(self, rule: Rule) -> tuple[str, ...]:
        deeds = {
            "provider": rule is self.provider,
            "contact": rule is self.contact,
            "channel": rule is self.channel,
            "do_not_notify": rule.silent or bool(rule.never),
            "also_notify": rule in self.also.values(),
        }
        return tuple(deed for deed, done in deeds.items() if done)


@dataclass(frozen=True)
class Rules:
    """All rules of a home, in the order of the file."""

    rules: tuple[Rule, ...] = ()

    @cached_property
    def digest(self) -> str:
        """What all rules say, in their order; empty where there are none."""
        return _digest([each.as_json() for each in self.rules]) if self.rules else ""

    def about(self, host: str, ips: Iterable[Address], asns: Iterable[int]) -> tuple[Rule, ...]:
        """The rules about a host with these addresses, announced by these systems, in the order of their speaking."""
        ips, asns = tuple(ips), frozenset(asns)
        found = (each for each in self.rules if each.is_about(host, ips, asns))
        return tuple(sorted(found, key=lambda each: each._rank))

    def on(self, finding: HostingFinding, is_holder: Callable[[str], bool]) -> Say:
        """The rules about a finding, as it was before any rule."""
        if not self.rules:
            return Say()
        asns = {asn for each in finding.addresses for asn in (each.asn, *each.asns) if asn is not None}
        provider = finding.provider
        asns |= {provider.asn} if provider is not None and provider.asn is not None else set()
        ips = [ip_address(each.ip) for each in finding.addresses]
        return Say(self.about(finding.host, ips, asns), is_holder)


def _digest(document: Any) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
