"""The desks that read notices: whose mailbox is whose, what a desk may be told, what it sets going and
answers.

A notice starts a host's clock when it arrives at a desk that the host heeds and names one of the host's
URLs. What a correct hotline never sends is written down as a fault: an address that the recipient does not
host, an ordinary picture, an address under embargo, mail to a registrant.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from practice.behaviours import Role
from practice.clock import written
from practice.hosts import Host
from practice.networks import (
    CARRIERS,
    NAME_REGISTRIES,
    NETWORKS,
    REGISTRARS,
    Manner,
    network_named,
)
from practice.world import Item, World

URL = re.compile(r"https?://[^\s<>\"',;|]+", re.IGNORECASE)
FORBIDDEN = "owner@"
"""Registrants' mailboxes, which stand in domain records as a trap, begin like this."""


@dataclass(frozen=True)
class Desk:
    """A mailbox, its part in the chain of those who can remove, and how it treats mail."""

    mailbox: str
    role: Role
    key: str
    manner: Manner

    def is_responsible_for(self, host: Host) -> bool:
        """Whether the host is this desk's own, its customer's, or carries a name that it sold."""
        match self.role:
            case Role.UPSTREAM:
                return network_named[host.network].carrier == self.key
            case Role.REGISTRAR:
                return host.registrar == self.key
            case Role.REGISTRY:
                return host.name.endswith("." + self.key)
            case _:
                return host.network == self.key


@dataclass(frozen=True)
class Letter:
    """A message as the mail server took it."""

    sender: str
    recipient: str
    message_id: str
    subject: str
    reply_to: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What a desk will write, and when: kind is `bounce`, `automatic` or `removed`."""

    kind: str
    after: timedelta


def _desks() -> dict[str, Desk]:
    networks = [Desk(n.desk, n.role, n.key, n.manner) for n in NETWORKS]
    carriers = [Desk(c.desk, Role.UPSTREAM, c.key, Manner.ACKNOWLEDGES) for c in CARRIERS]
    registrars = [Desk(r.desk, Role.REGISTRAR, r.key, Manner.SILENT) for r in REGISTRARS]
    registries = [Desk(r.desk, Role.REGISTRY, r.tld, Manner.SILENT) for r in NAME_REGISTRIES]
    return {desk.mailbox: desk for desk in (*networks, *carriers, *registrars, *registries)}


DESKS = _desks()
SOON, LATER = timedelta(minutes=2), timedelta(minutes=30)


def urls_in(text: str) -> list[str]:
    """Every URL that a text names, `hxxps://host[.]example/` read as it is meant, each once."""
    plain = text.replace("[.]", ".").replace("[:]", ":").replace("hxxp", "http").replace("hXXp", "http")
    return list(dict.fromkeys(match.rstrip(".)]}") for match in URL.findall(plain)))


def receive(world: World, letter: Letter) -> list[Answer]:
    """What a message sets going, and what its recipient will answer."""
    urls = [url for url in urls_in(letter.text) if urlsplit(url).hostname in world.hosts]
    world.mail.append(
        {
            "at": written(world.clock.now()),
            "to": letter.recipient,
            "from": letter.sender,
            "message_id": letter.message_id,
            "urls": urls,
        }
    )
    desk = DESKS.get(letter.recipient.lower())
    if desk is None:
        if letter.recipient.lower().startswith(FORBIDDEN):
            world.fault("wrote to a registrant", letter.recipient)
        return [Answer("bounce", SOON)]
    if desk.manner is Manner.BOUNCES:
        return [Answer("bounce", SOON)]
    ends = [end for url in urls if (end := _read(world, desk, url)) is not None]
    return _answers(desk.manner, ends, world.clock.now())


def _read(world: World, desk: Desk, url: str) -> datetime | None:
    """One URL of a notice: check that it may stand there, set the host's behaviour going; when that ends."""
    host = world.hosts[str(urlsplit(url).hostname)]
    item = world.items.get(url)
    if not desk.is_responsible_for(host):
        world.fault("named what the recipient does not host", f"{desk.mailbox} {host.name}")
    elif item is None:
        _check_page(world, host, url)
    elif item.embargo_until and world.clock.now() < item.embargo_until:
        world.fault("named an address under embargo", url)
    else:
        return world.tell(item, desk.role)
    return None


def _check_page(world: World, host: Host, url: str) -> None:
    """A page that shows material may be named beside it; an ordinary picture or page may not."""
    path = unquote(urlsplit(url).path)
    page = world.sites.by_name[host.name].pages.get(path)
    shown = [*page.pictures, *page.downloads, page.by_script] if page else []
    if not any(_is_item(world, picture) for picture in shown):
        world.fault("named what is ordinary", url)


def _is_item(world: World, url: str | None) -> bool:
    return url is not None and isinstance(world.items.get(url), Item)


def _answers(manner: Manner, ends: list[datetime], now: datetime) -> list[Answer]:
    automatic = Answer("automatic", SOON)
    match manner:
        case Manner.ACKNOWLEDGES:
            return [automatic]
        case Manner.ANSWERS if ends:
            return [automatic, Answer("removed", max(ends) - now + LATER)]
        case Manner.ANSWERS:
            return [automatic]
        case Manner.CLAIMS:
            return [Answer("removed", LATER)]
        case _:
            return []
