"""A finding for people: host, networks, who announces them, and who is asked first and why."""

from collections.abc import Sequence

from rich.text import Text
from rich.tree import Tree

from hotline.facts import RuleMark
from hotline.words import Certainty, ContactSource
from takedown.contacts import NOBODY, Contact
from takedown.hosting.finding import HostingFinding, LocatedAddress

_CERTAINTIES = {
    Certainty.ORIGIN: "the files lie there, as far as is known",
    Certainty.CDN_EDGE: "only the edge of a network in front of the files",
    Certainty.SHARED_PLATFORM: "a platform that many sites share",
    Certainty.UNKNOWN: "not known where the files lie",
}
_SOURCES = {
    ContactSource.OVERRIDE: "by the tables of this program or this home",
    ContactSource.RDAP: "named by the registry (RDAP)",
    ContactSource.WHOIS: "named by the registry (WHOIS)",
    ContactSource.RFC2142: "guessed from the provider's domain (RFC 2142)",
}


def render(finding: HostingFinding, *, show_address: bool = True) -> Tree:
    """The tree of a finding.

    Records are strangers' words: they are shown as plain text, never as markup. Without ``show_address``
    neither the host nor its aliases are shown.
    """
    tree = Tree(_text(finding.host if show_address else "the host"))
    for name in finding.names if show_address else ():
        tree.add(_text(f"is an alias of {name}"))
    for address in finding.addresses:
        _add_address(tree, address)
    if finding.provider:
        where = f" in {finding.provider.country}" if finding.provider.country else ""
        tree.add(_text(f"provider: {finding.provider.name or 'unknown'}{where}"))
    why = f" ({finding.why_certain})" if finding.why_certain else ""
    tree.add(_text(f"certainty: {finding.certainty.value}, {_CERTAINTIES[finding.certainty]}{why}"))
    if finding.registrar:
        tree.add(_text(f"registrar: {finding.registrar.name or 'unknown'}"))
    _add_contacts(tree, finding.contacts)
    _add_rules(tree, finding.rules)
    _add_problems(tree, [each for each in finding.problems if each != NOBODY])
    return tree


def _add_address(tree: Tree, address: LocatedAddress) -> None:
    country = f", {address.country}" if address.country else ""
    branch = tree.add(_text(address.ip))
    network = branch.add(_text(f"network {address.network or 'unknown'}{country}"))
    name = f" {address.as_name}" if address.as_name else ""
    number = f"AS{address.asn}{name}" if address.asn else "nobody known"
    network.add(_text(f"announced by {number}{f' as {address.prefix}' if address.prefix else ''}"))


def _add_contacts(tree: Tree, contacts: tuple[Contact, ...]) -> None:
    if not contacts:
        tree.add(_text(NOBODY))
        return
    branch = tree.add(_text("asked in this order"))
    for number, contact in enumerate(contacts, 1):
        record = f", record {contact.object}" if contact.object else ""
        why = f"{contact.role.value}, {_SOURCES[contact.source]}{record}, {contact.confidence:.0%} sure"
        branch.add(_text(f"{number}. {contact.address} ({why})"))


def _add_rules(tree: Tree, rules: tuple[RuleMark, ...]) -> None:
    if rules:
        branch = tree.add(_text("rules that spoke"))
        for rule in rules:
            branch.add(_text(f"rule {rule.number} ({rule.author}): {', '.join(rule.does)}; {rule.reason}"))


def _add_problems(tree: Tree, problems: Sequence[str]) -> None:
    if problems:
        branch = tree.add(_text("what went wrong"))
        for problem in problems:
            branch.add(_text(problem))


def _text(words: str) -> Text:
    return Text("".join(each for each in words if each.isprintable()))
