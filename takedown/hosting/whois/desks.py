"""The abuse desks of a network in a WHOIS text, from the fields that are meant for them down to remarks.

Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
        kept: dict[str, Desk] = {}
        for desk in kind(section, address):
            if not registries.own(desk.address):
                kept.setdefault(desk.address.lower(), desk)
        if kept:
            return tuple(kept.values())
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
    return tuple(dict.fromkeys(found))


def _made_for_it(section: Section, address: Address) -> Iterator[Desk]:
    yield from _told_in_comment(section, address)
    for each in (section.network, *section.objects):
        for key, handle in _ARIN:
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
        for found in mailboxes(" ".join(each.all(*_MAIL))):
            if sounds_like_abuse(found):
                yield Desk(found, each.first(*_HANDLES), 0.65)


def _remarked(section: Section, address: Address) -> Iterator[Desk]:
    for each in (section.network, *section.objects):
        for value in each.all(*_REMARKS):
            if "abuse" in value.lower():
                yield from (Desk(found, each.first(*_HANDLES), 0.6) for found in mailboxes(value))


def _handles(paragraph: Paragraph) -> frozenset[str]:
    return frozenset(value.upper() for value in paragraph.all(*_HANDLES))
