"""A finding as the operator's rules have it: pure, and done anew whenever a finding is read.

What was learnt is kept as it was learnt, so that a rule that comes, changes or goes holds at once, makes no host look
like another one, and never hides what the registries said.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from hotline.clock import parse_time
from hotline.words import Certainty, ContactKind, ContactRole, ContactSource
from takedown.contacts import NOBODY, Contact
from takedown.hosting.finding import HostingFinding, HostingProvider, LocatedAddress, Registrar
from takedown.hosting.rules import Named, Rule, Say

OWN_ROLES: Final = (ContactRole.HOST, ContactRole.CDN, ContactRole.PLATFORM)
"""The roles of those who have the files, or stand in front of them."""

_ROLES: Final = {Certainty.CDN_EDGE: ContactRole.CDN, Certainty.SHARED_PLATFORM: ContactRole.PLATFORM}


def shaped(finding: HostingFinding, say: Say) -> HostingFinding:
    """The finding as these rules have it."""
    if not say.rules:
        return finding
    contacts, problems = _contacts(finding, say)
    kept = (each for each in finding.problems if each != NOBODY)
    problems += (
        f"the site's holder is not told by rule {each.number}, only a contact may name him" for each in say.holders
    )
    if say.silent is not None:
        problems.insert(0, f"nobody is asked or told of this URL, by {say.silent.words}")
    if not contacts:
        problems.append(NOBODY)
    return replace(
        finding,
        provider=_provider(finding.provider, say.provider),
        contacts=tuple(contacts),
        problems=tuple(dict.fromkeys([*kept, *problems])),
        rules=say.marks,
        unruled=finding,
    )


def _provider(found: HostingProvider | None, rule: Rule | None) -> HostingProvider | None:
    if rule is None:
        return found
    said, known = rule.provider or Named(), found or HostingProvider(None, None, None)
    return HostingProvider(said.name or known.name, said.asn or known.asn, said.country or known.country)


def _contacts(finding: HostingFinding, say: Say) -> tuple[list[Contact], list[str]]:
    problems: list[str] = []
    forced = _forced(finding, say.contact)
    rest = [each for each in finding.contacts if forced is None or each.address.lower() != forced.address.lower()]
    if say.channel is not None:
        rest, said = _by_channel(rest, say.channel, forced)
        problems += said
    contacts = [forced, *rest] if forced else rest
    allowed = [each for each in contacts if say.forbids(each.address) is None]
    problems += _left_out(contacts, say)
    return allowed, problems


def _forced(finding: HostingFinding, rule: Rule | None) -> Contact | None:
    """The rule's contact, in the role of whom it is asked instead of."""
    if rule is None or rule.contact is None:
        return None
    role = _ROLES.get(finding.certainty, ContactRole.HOST)
    name = f"rule {rule.number}"
    return Contact(role, rule.contact, rule.contact_kind, ContactSource.OVERRIDE, name, 1.0, finding.observed_at)


def _by_channel(contacts: list[Contact], rule: Rule, forced: Contact | None) -> tuple[list[Contact], list[str]]:
    """Leaves out what the rule's channel does not reach; a contact that a rule names stays, whatever its kind."""
    wanted = rule.channel
    kept = [each for each in contacts if each.kind is wanted or each.role not in OWN_ROLES]
    problems = []
    if len(kept) < len(contacts):
        problems.append(f"{len(contacts) - len(kept)} contact(s) of the host were left out by {rule.words}")
    if forced is None and not any(each.role in OWN_ROLES for each in kept):
        missing = "form" if wanted is ContactKind.FORM else "mail address"
        problems.append(f"no {missing} of the host is known, as rule {rule.number} wants one; give it with contact = …")
    return kept, problems


def _left_out(contacts: list[Contact], say: Say) -> Iterator[str]:
    by_rule = [say.forbids(each.address) for each in contacts]
    for rule in dict.fromkeys(each for each in by_rule if each is not None):
        yield f"{by_rule.count(rule)} contact(s) were left out by {rule.words}"


def read_back(told: dict[str, Any]) -> HostingFinding:
    """A finding from the contract's form, or from what was kept of it; what people alone are told is not in it."""
    provider, registrar = told["provider"], told["registrar"]
    return HostingFinding(
        url=told["url"],
        host=told["host"],
        registrable_domain=told["registrable_domain"],
        names=tuple(told["names"]),
        addresses=tuple(_address(each) for each in told["addresses"]),
        certainty=Certainty(told["certainty"]),
        provider=HostingProvider(**provider) if provider else None,
        registrar=Registrar(**registrar) if registrar else None,
        contacts=tuple(_contact(each) for each in told["contacts"]),
        observed_at=parse_time(told["observed_at"]),
        problems=tuple(told["problems"]),
        told_origin=told.get("told_origin"),
        holders=frozenset(told.get("holders", ())),
    )


def _address(told: dict[str, Any]) -> LocatedAddress:
    return LocatedAddress(**{**told, "asns": tuple(told.get("asns", ()))})


def _contact(told: dict[str, Any]) -> Contact:
    words: dict[str, Any] = {"role": ContactRole(told["role"]), "kind": ContactKind(told["kind"])}
    words |= {"source": ContactSource(told["source"]), "observed_at": parse_time(told["observed_at"])}
    return Contact(**{**told, **words})
