"""ipwhois as it is, one look-up a URL in a single thread, led to the stand's servers. It cannot dial anything else.

Three seams of the library: its opener sends each registry's URL to the stand, its resolver asks the stand's name
server, and its refusal of documentation addresses is off. Beneath all of it, an audit hook of the interpreter
refuses every connection, datagram and look-up of a name that is not for loopback.
"""

import re
import sys
import time
from typing import Any, Final
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

import dns.resolver

from stand import hosting_world
from stand.processes import hear_order, report

EVERY: Final = 10
"""Every tenth URL is looked up: each look-up costs the same, and nothing is kept between them."""
_DIALLING: Final = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
"""Events of the audit hook (PEP 578), and which of their arguments is the place that is meant."""


def stay_on_loopback() -> None:
    """From now on this process reaches nothing outside the machine; there is no way back."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _DIALLING:
            place = arguments[_DIALLING[event]]
            host = place[0] if isinstance(place, tuple) else place
            if host not in ("127.0.0.1", "::1", None):
                raise PermissionError("the benchmark dials nothing but loopback")

    sys.addaudithook(watch)


class _Opener(OpenerDirector):
    """Opens the path of a registry's URL at the stand."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self._plain = build_opener(ProxyHandler({}))

    def open(self, fullurl: Any, data: Any = None, timeout: Any = None) -> Any:
        path = re.sub(r".*/(?=(?:ip|entity)/)", "", fullurl.full_url)
        here = Request(f"http://127.0.0.1:{self._port}/{path}", headers=fullurl.headers)
        return self._plain.open(here, timeout=timeout)


def main() -> None:
    """Looks a sample up when it is told where the servers are."""
    stay_on_loopback()
    origin = hear_order()
    from ipwhois import net

    net.ipv4_is_defined = net.ipv6_is_defined = lambda address: (False, "", "")
    opener = _Opener(origin["http"])
    names = _resolver(origin)
    urls = hosting_world.urls()[::EVERY]
    found: list[tuple[str, dict[str, Any]]] = []
    begun, used = time.perf_counter(), time.process_time()
    for url in urls:
        host = url.split("/")[2]
        found.append((host, _look_up(host, names, opener)))
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    report({"urls": len(found), "seconds": seconds, "processor": processor, "right": _right(found)})
    hear_order()


def _look_up(host: str, names: dns.resolver.Resolver, opener: OpenerDirector) -> dict[str, Any]:
    from ipwhois import IPWhois

    address = next(str(record) for kind in ("A", "AAAA") for record in _records(names, host, kind))
    looker = IPWhois(address, proxy_opener=opener)
    looker.net.dns_resolver = names
    told: dict[str, Any] = looker.lookup_rdap(retry_count=0)
    return told


def _records(names: dns.resolver.Resolver, host: str, kind: str) -> Any:
    return names.resolve(host, kind, raise_on_no_answer=False)


def _resolver(origin: dict[str, Any]) -> dns.resolver.Resolver:
    names = dns.resolver.Resolver(configure=False)
    names.nameservers, names.port = ["127.0.0.1"], origin["resolvers"][0]
    return names


def _right(found: list[tuple[str, dict[str, Any]]]) -> int:
    """How many results name the abuse desk with that role, wherever in them."""
    desks = {host.name: host.network.holder.desk for host in hosting_world.hosts}
    return sum(desks[host] in _abuse_mails(told) for host, told in found)


def _abuse_mails(told: dict[str, Any]) -> set[str]:
    with_role = [each for each in told["objects"].values() if "abuse" in (each["roles"] or ())]
    return {mail["value"] for each in with_role for mail in (each["contact"] or {}).get("email") or ()}


if __name__ == "__main__":
    main()
