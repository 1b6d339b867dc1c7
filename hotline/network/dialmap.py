"""The dial map of a practice home: which public-looking address is played by which port on loopback.

It is the one file that lets a practice home connect at all, so a mistake in it is told by entry, with the
remedy, and never guessed around. Its form is in the contract under ``HOTLINE_DIAL_MAP``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from hotline.errors import HotlineError
from hotline.network.guard import IPAddress, unmapped

Place = tuple[IPAddress, int]
_EXAMPLE: Final = '{"198.51.100.7": {"80": "127.0.0.1:18080"}}'


@dataclass(frozen=True)
class DialMap:
    """Listed address and port to the loopback address and port that plays it."""

    places: Mapping[Place, Place] = field(default_factory=dict)

    def target_of(self, ip: IPAddress, port: int) -> Place | None:
        """Where to dial instead; ``None``: not listed, so it must not be dialled."""
        return self.places.get((unmapped(ip), port))


def read_dial_map(file: Path) -> DialMap:
    """Reads the file that ``HOTLINE_DIAL_MAP`` names.

    Raises:
        HotlineError: names the file, the entry and what it should be.
    """
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise _error(file, f"cannot be read ({wrong.strerror})", "give a readable JSON file") from None
    except ValueError:
        raise _error(file, "is not JSON", f"write {_EXAMPLE}") from None
    if not isinstance(table, dict):
        raise _error(file, "is not a JSON object", f"write {_EXAMPLE}")
    places: dict[Place, Place] = {}
    for address, ports in table.items():
        places |= _entry(file, address, ports)
    return DialMap(places)


def _entry(file: Path, address: str, ports: Any) -> dict[Place, Place]:
    try:
        ip = unmapped(ip_address(address))
    except ValueError:
        raise _error(file, f"entry {address!r} is no IP address", "write one such as 198.51.100.7") from None
    if not isinstance(ports, dict):
        raise _error(file, f"entry {address!r} has no table of ports", 'write {"80": "127.0.0.1:18080"}')
    return {(ip, _port(file, address, port)): _target(file, address, port, to) for port, to in ports.items()}


def _port(file: Path, address: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise _error(file, f"entry {address!r}: {text!r} is no port", "write a number from 1 to 65535")
    return int(text)


def _target(file: Path, address: str, port: str, text: Any) -> Place:
    where = f"entry {address!r} port {port!r}"
    host, _, target_port = str(text).rpartition(":")
    try:
        ip = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise _error(file, f"{where}: {text!r} is not ip:port", "write e.g. 127.0.0.1:18080") from None
    if not ip.is_loopback:
        raise _error(file, f"{where}: the target is not loopback", "give a target in 127.0.0.0/8 or [::1]")
    return ip, _port(file, address, target_port)


def _error(file: Path, wrong: str, remedy: str) -> HotlineError:
    return HotlineError(f"HOTLINE_DIAL_MAP: {file} {wrong}; {remedy}")
