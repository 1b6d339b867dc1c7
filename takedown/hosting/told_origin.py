"""An origin behind a front, which the front has told and a person has accepted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hotline.words import ContactRole
from takedown.contacts import Candidate, Rung
from takedown.hosting.blocks import Address
from takedown.hosting.facts import AddressFacts


@dataclass(frozen=True)
class ToldOrigin:
    """Where the files lie, and who announced the host's addresses when that was learnt."""

    address: Address
    asns: frozenset[int] = frozenset()

    def is_behind(self, addresses: Iterable[AddressFacts]) -> bool:
        """Whether it still counts: the host is at the same front as then, or who announces it now is not known.

        A host that has moved elsewhere, or whose name is gone, is not where somebody once said.
        """
        told = [set(each.origin.asns) for each in addresses]
        return any(not asns or not self.asns or asns & self.asns for asns in told)


def in_front(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The front's own desks, to be asked after the origin's; everybody else is asked about the origin already."""
    fronts = (each for each in candidates if each.contact.role is ContactRole.CDN)
    return tuple(replace(each, rung=Rung.PLATFORM, place=0) for each in fronts)
