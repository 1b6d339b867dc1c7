"""The abuse desks of a network in a WHOIS text, from the fields that are meant for them down to remarks.

Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from takedown.hosting.blocks import Address, blocks, holds
from takedown.hosting.facts import Desk
from takedown.hosting.mailboxes import mailboxes, sounds_like_abuse
from takedown.hosting.registries import known_registries
from takedown.hosting.whois.rpsl import Paragraph, comments

_HANDLES: Final = ("nic-hdl", "nic-hdl-br", "irt", "organisation", "orgid", "role", "handle")
_MAIL: Final = ("e-mail", "email", "mail")
_COMMENT: Final = re.compile(r"abuse contact for '(?P<range>[^']+)' is '(?P<address>[^']+)'", re.IGNORECASE)
_REMARKS: Final = ("remarks", "comment", "descr")
_ARIN: Final = (("rabuseemail", "rabusehandle"), ("orgabuseemail", "orgabusehandle"))
_AT: Final = re.compile(r"\s{0,3}[(\[{<]\s?(?:at|@)\s?[)\]}>]\s{0,3}|(?<=\w) AT (?=\w)", re.ASCII)
_DOT: Final = re.compile(r"\s{0,3}[(\[{<]\s?dot\s?[)\]}>]\s{0,3}|(?<=\w) DOT (?=\w)", re.ASCII)
_OTHER_MATTERS: Final = re.compile(r"\b(?:noc|peering|routing|sales|support|technical|billing|law)\b", re.IGNORECASE)
_FURTHER: Final = 2
_MOST: Final = 100


@dataclass(frozen=True)
class Section:
    """A network object, the objects that belong to it, and the whole text for references."""

    network: Paragraph
    objects: tuple[Paragraph, ...]
    everything: tuple[Paragraph, ...]
    text: str

    def object(self, handle: str) -> Paragraph | None:
        """The object that a handle refers to."""
        if not handle:
            return None
        return next(
            (each for each in self.everything if each is not self.network and handle.upper() in _handles(each)),
            None,
        )


def abuse_desks(section: Section, address: Address) -> tuple[Desk, ...]:
    """The desks of a network, best first.

    Fields made for it, else what mentions abuse; never a registry's own.
    """
    registries = known_registries()
    for kind in (_made_for_it, _abuse_keys, _sounding, _remarked):
        told: dict[str, Desk] = {}
        for desk in islice(kind(section, address), _MOST):
            told.setdefault(desk.address.lower(), desk)
        kept = tuple(desk for desk in told.values() if not registries.own(desk.address))
        if kept:
            return kept
    return ()


def colleagues(section: Section) -> tuple[str, ...]:
    """Mail addresses of the network's technical people: good for their domain only."""
    found = (
        address
        for each in (section.network, *section.objects)
        if each.kind != "organisation"
        for key, value in each.lines
        if key in _MAIL or (key.endswith("email") and key.startswith(("orgtech", "orgnoc", "rtech", "rnoc")))
        for address in mailboxes(value)
    )
    registries = known_registries()
    return tuple(each for each in islice(dict.fromkeys(found), _MOST) if not registries.own(each))


def _made_for_it(section: Section, address: Address) -> Iterator[Desk]:
    yield from _told_in_comment(section, address)
    for key, handle in _ARIN:
        for each in (section.network, *section.objects):
            yield from (Desk(found, each.first(handle), 0.85) for found in mailboxes(" ".join(each.all(key))))
    for handle in _referred(section):
        target = section.object(handle)
        if target is not None:
            yield from _of_role(target, handle)
    for each in (section.network, *section.objects):
        for found in mailboxes(" ".join(each.all("abuse-mailbox"))):
            yield Desk(found, each.first(*_HANDLES), 0.8)
        if each.kind == "irt":
            yield from _of_role(each, each.first("irt"))
        if "abuse" in each.heading:
            yield from (Desk(found, "", 0.8) for found in mailboxes(" ".join(each.all(*_MAIL))))


def _told_in_comment(section: Section, address: Address) -> Iterator[Desk]:
    for line in comments(section.text):
        match = _COMMENT.search(line)
        if match and holds(blocks(match["range"]), address):
            yield from (Desk(found, match["range"], 0.9) for found in mailboxes(match["address"]))


def _referred(section: Section) -> tuple[str, ...]:
    organisation = section.object(section.network.first("org"))
    return (
        *section.network.all("abuse-c"),
        *(organisation.all("abuse-c") if organisation else ()),
        *section.network.all("mnt-irt"),
    )


def _of_role(role: Paragraph, handle: str) -> Iterator[Desk]:
    for found in mailboxes(" ".join(role.all("abuse-mailbox"))):
        yield Desk(found, handle, 0.85)
    for found in mailboxes(" ".join(role.all(*_MAIL))):
        yield Desk(found, handle, 0.8)


def _abuse_keys(section: Section, address: Address) -> Iterator[Desk]:
    for each in (section.network, *section.objects):
        for key, value in each.lines:
            if "abuse" in key:
                yield from (Desk(found, each.first(*_HANDLES), 0.75) for found in mailboxes(value))


def _sounding(section: Section, address: Address) -> Iterator[Desk]:
    for each in (section.network, *section.objects):
        by_name = "abuse" in each.first("role", "person").lower()
        for found in mailboxes(" ".join(each.all(*_MAIL))):
            if by_name or sounds_like_abuse(found):
                yield Desk(found, each.first(*_HANDLES), 0.65)


def _remarked(section: Section, address: Address) -> Iterator[Desk]:
    for each in (section.network, *section.objects):
        remarks = [written_out(value) for key in _REMARKS for value in each.all(key)[:_MOST]]
        for index, remark in enumerate(remarks):
            if "abuse" in remark.lower():
                found = mailboxes(remark) or _further_down(remarks[index + 1 : index + 1 + _FURTHER])
                said = tuple(filter(sounds_like_abuse, found)) or found
                yield from (Desk(address, each.first(*_HANDLES), 0.6) for address in said)


def _further_down(remarks: Sequence[str]) -> tuple[str, ...]:
    """The mailbox in the lines after one that speaks of abuse, unless they speak of something else."""
    for remark in remarks:
        if _OTHER_MATTERS.search(remark):
            return ()
        if found := mailboxes(remark):
            return found
    return ()


def written_out(line: str) -> str:
    """A line with its hidden mailboxes written out: ``abuse (at) north.example``."""
    return _DOT.sub(".", _AT.sub("@", line[:400]))


def _handles(paragraph: Paragraph) -> frozenset[str]:
    return frozenset(value.upper() for value in paragraph.all(*_HANDLES))
