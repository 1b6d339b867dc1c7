"""No test reaches the real internet: every connection of this process but to loopback is stopped and remembered.

An audit hook of the interpreter sees every socket call, whichever library makes it; what a library of C does by
itself (libpq, for one) it does not see.
"""

import socket
import sys
from ipaddress import ip_address
from typing import Any


class SocketGuard:
    """Watches from ``install`` on; ``strays`` holds what was stopped since it was emptied last."""

    def __init__(self) -> None:
        self.strays: list[str] = []

    def install(self) -> None:
        """Cannot be undone: the interpreter keeps its audit hooks."""
        sys.addaudithook(self._hook)

    def taken(self) -> list[str]:
        """The strays until now, which are forgotten then."""
        strays, self.strays = self.strays, []
        return strays

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            endpoint, address = arguments[:2]
            if endpoint.family in (socket.AF_INET, socket.AF_INET6) and address is not None:
                self._demand_loopback(event, address[0])
        elif event == "socket.getaddrinfo" and arguments[0] is not None:
            host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
            if host not in ("", "localhost") and not _is_literal(host):
                self._stop(event, host)

    def _demand_loopback(self, event: str, host: str) -> None:
        if host in ("", "localhost"):
            return
        if not _is_literal(host) or not _stays_here(host):
            self._stop(event, host)

    def _stop(self, event: str, host: str) -> None:
        self.strays.append(f"{event} {host}")
        raise PermissionError(f"a test tried to leave loopback: {event} {host}")


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _stays_here(host: str) -> bool:
    address = ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_unspecified


GUARD = SocketGuard()
