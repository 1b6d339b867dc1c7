"""From a host and a port to a connected socket: resolve, decide about each address, dial exactly that.

There is no second look-up between the check and the call, so a name server that answers differently the next
time (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Protocol

from hotline.address import is_ip_literal
from hotline.network.answers import NameAnswers
from hotline.network.dialler import Refusal, Target, decide, decide_as_given
from hotline.network.dialmap import DialMap
from hotline.network.faults import NameFault, NetworkFault, Refused, Unreachable
from hotline.network.guard import IPAddress
from hotline.network.resolver import Resolver
from hotline.words import HomeKind

_MOST_ADDRESSES: Final = 6
_SECONDS_AN_ADDRESS: Final = 10.0


@dataclass(frozen=True)
class Connected:
    """An open connection: ``peer`` is the address that the host goes by, ``answers`` how it was found."""

    socket: socket.socket
    peer: IPAddress
    answers: NameAnswers


class Way(Protocol):
    """How a permitted address is reached: directly, or through a vantage's proxy."""

    async def reach(self, target: Target) -> socket.socket:
        """A socket that talks to the target.

        Raises:
            OSError: the target does not accept a connection.
            NetworkFault: the way itself is closed; another address would not help.
        """


class Direct:
    """From this machine."""

    async def reach(self, target: Target) -> socket.socket:
        return await open_socket(target.ip, target.port)


class Connecting:
    """Opens the connections of one way; the only caller of the dialler's decisions."""

    def __init__(self, resolver: Resolver, kind: HomeKind, dial_map: DialMap, way: Way) -> None:
        self._resolver = resolver
        self._kind = kind
        self._dial_map = dial_map
        self._way = way

    async def connect(self, host: str, port: int, *, as_given: bool = False) -> Connected:
        """Tries the permitted addresses of a host in order.

        Raises:
            NameFault: the host has no address.
            Refused: none of its addresses may be dialled.
            Unreachable: none of those that may be dialled accepts a connection.
        """
        if as_given and is_ip_literal(host):
            decisions = [decide_as_given(ip_address(host), port, self._kind)]
            return await self._first_of(decisions, NameAnswers())
        answers = await self._resolver.addresses_to_dial(host)
        if not answers.addresses:
            raise _name_fault(answers)
        decisions = [decide(ip, port, self._kind, self._dial_map) for ip in answers.addresses]
        try:
            return await self._first_of(decisions, answers)
        except NetworkFault as fault:
            fault.answers = answers
            raise

    async def _first_of(self, decisions: list[Target | Refusal], answers: NameAnswers) -> Connected:
        targets = [decision for decision in decisions if isinstance(decision, Target)]
        for target in targets[:_MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(_SECONDS_AN_ADDRESS):
                    return Connected(await self._way.reach(target), target.meant, answers)
            except OSError:  # the timeout is one too
                continue
        if targets:
            raise Unreachable("no address of the host accepts a connection")
        raise Refused(next(decision.reason for decision in decisions if isinstance(decision, Refusal)))


def _name_fault(answers: NameAnswers) -> NameFault:
    return NameFault(answers.problem or "the name has no address", answers)


async def open_socket(ip: IPAddress, port: int) -> socket.socket:
    """The one place that dials. The address is a literal, so nothing is looked up on the way.

    Raises:
        OSError: no connection.
    """
    family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, (str(ip), port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        opened.close()
        raise
    return opened
