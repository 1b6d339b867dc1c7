"""Cases that were notified lately, and made-up hosts: how long each keeps its file, and how it answers."""

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crawler.bodies import prefix_size
from crawler.glances import BY_BEGINNING, BY_VALIDATOR
from hotline.address import parse_url, tld
from hotline.facts import Digests, Look, LookOrder, Marks
from hotline.home import Home
from hotline.records import Case, Episode
from hotline.words import CaseState, Classification, Content, Origin

_HOSTS: Final = 500
_STAGGER: Final = 3 * 24 * 60
"""Minutes over which the first notices leave."""
_MEDIAN_DAYS: Final = 120.0
_SPREAD: Final = 1.5
"""Log-normal lifetimes; long ones, so that there are many looks."""


@dataclass(frozen=True)
class Host:
    """One case's host. ``back_at``: the same file is up again from then on."""

    number: int
    notified_at: datetime
    removed_at: datetime
    back_at: datetime | None
    sha256: str
    length: int
    has_validator: bool
    fault_of_ten_thousand: int

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"http://host-{self.number % _HOSTS}.example/files/{self.number}.jpg"

    def is_up(self, at: datetime) -> bool:
        """Whether the file is there."""
        return at < self.removed_at or (self.back_at is not None and at >= self.back_at)

    def look(self, order: LookOrder, at: datetime) -> Look:
        """What a look would see, as cheaply as the order allows."""
        plain = Look(at=at, resolvers_asked=2, peer="198.51.100.7")
        if self._fails(at):
            return replace(plain, fault="timeout", fault_reason="the answer took too long")
        if not self.is_up(at):
            page = Digests("0" * 64, "0" * 40, "0" * 32, 900)
            return replace(plain, status=404, content=Content.PAGE, digests=page, shape="0" * 16, size=900)
        plain = replace(plain, content=Content.MEDIA)
        if order.marks:
            by = BY_VALIDATOR if order.marks.etag else BY_BEGINNING
            size = 0 if order.marks.etag else order.marks.prefix_size
            return replace(plain, status=304 if order.marks.etag else 206, by=by, size=size)
        return replace(plain, status=200, digests=self._digests(), size=self.length, marks=self._marks())

    def _fails(self, at: datetime) -> bool:
        dice = hashlib.sha256(f"{self.number} {at.timestamp()}".encode()).digest()
        return int.from_bytes(dice[:4], "big") % 10_000 < self.fault_of_ten_thousand

    def _digests(self) -> Digests:
        return Digests(self.sha256, self.sha256[:40], self.sha256[:32], self.length, self.sha256, 90)

    def _marks(self) -> Marks:
        etag = f'"{self.sha256[:16]}"' if self.has_validator else None
        return Marks(self.length, prefix_size(self.length), self.sha256[::-1], etag)


def host_of(chance: random.Random, number: int, start: datetime) -> Host:
    """The host of one case."""
    notified_at = start + timedelta(minutes=chance.randrange(_STAGGER))
    removed_at = notified_at + timedelta(days=_MEDIAN_DAYS * chance.lognormvariate(0, _SPREAD))
    return Host(
        number,
        notified_at,
        removed_at,
        removed_at + timedelta(days=20) if chance.random() < 0.03 else None,
        chance.randbytes(32).hex(),
        chance.randrange(80_000, 4_000_000),
        chance.random() < 0.7,
        chance.choice([20, 100, 500]),
    )


def fill(home: Home, hosts: dict[int, Host]) -> None:
    """A case for each host, confirmed and notified; its number is the host's."""
    with home.session() as session:
        for host in hosts.values():
            session.add(_case(home, host))
    with home.session() as session:
        for number, host in hosts.items():
            session.add(
                Episode(case_id=number, ordinal=1, opened_at=host.notified_at, first_notice_at=host.notified_at)
            )


def _case(home: Home, host: Host) -> Case:
    url = parse_url(host.url)
    case = Case(
        id=host.number,
        url_bi=home.vault.index("url", url.text),
        host_bi=home.vault.index("host", url.host),
        domain_bi=home.vault.index("domain", url.host),
        tld=tld(url.host) or "",
        state=CaseState.NOTIFIED,
        classification=Classification.BASELINE,
        origin=Origin.REPORT,
        opened_at=host.notified_at,
        first_notice_at=host.notified_at,
        last_online_at=host.notified_at,
        due_at=host.notified_at + timedelta(minutes=15),
        content=Content.MEDIA,
        sha256=host.sha256,
        pdq=host.sha256,
        length=host.length,
    )
    home.vault.write(case, "url", url.text)
    return case
