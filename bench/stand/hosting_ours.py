"""Our look-up of all URLs as the scheduler does it: a practice home's database, the door, its dial map, sockets."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from stand import hosting_world
from stand.processes import hear_order, report


def main() -> None:
    """Looks everything up twice when it is told where the servers are: cold, then with the answers kept."""
    origin = hear_order()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = home_at(Path(folder), origin)
        for _ in ("cold", "kept"):
            report(asyncio.run(_look_up(home)))
            hear_order()
        home.engine.dispose()


def home_at(folder: Path, origin: dict[str, Any], **more: str) -> Any:
    """A new practice home that reaches the stand's servers; ``more`` are settings without ``HOTLINE_``."""
    from hotline import settings
    from hotline.home import create_home, open_home
    from hotline.words import HomeKind

    whois = {hosting_world.services.get(name): port for name, port in origin["whois"].items()}
    web = {"80": f"127.0.0.1:{origin['http']}"}
    places = {
        address: web | ({"43": f"127.0.0.1:{whois[address]}"} if address in whois else {})
        for address in hosting_world.services.values()
    }
    _write(folder / "dial-map.json", places)
    for name, content in hosting_world.bootstrap().items():
        _write(folder / "bootstrap" / name, content)
    chosen = settings.load(
        {
            "HOTLINE_HOME": str(folder / "home"),
            "HOTLINE_DIAL_MAP": str(folder / "dial-map.json"),
            "HOTLINE_RESOLVERS": ",".join(f"127.0.0.1:{port}" for port in origin["resolvers"]),
            "HOTLINE_RDAP_BOOTSTRAP": str(folder / "bootstrap"),
            "HOTLINE_WHOIS": f"127.0.0.1:{origin['whois'][origin['first']]}",
            **{f"HOTLINE_{name}": value for name, value in more.items()},
        }
    )
    create_home(chosen, HomeKind.PRACTICE)
    return open_home(chosen)


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")


async def _look_up(home: Any) -> dict[str, Any]:
    from hotline.address import parse_url
    from hotline.network import Network
    from scheduler.locating import Locator

    urls = [parse_url(text) for text in hosting_world.urls()]
    begun, used = time.perf_counter(), time.process_time()
    async with Network.open(home.settings, home.kind, home.clock) as network:
        locator = Locator(home, network)
        found = await asyncio.gather(*(locator.finding(url) for url in urls))
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    right = {host.name: host.network.holder.desk for host in hosting_world.hosts}
    return {
        "urls": len(found),
        "seconds": seconds,
        "processor": processor,
        "right": sum(bool(each.contacts) and each.contacts[0].address == right[each.host] for each in found),
        "problems": Counter(problem for each in found for problem in each.problems).most_common(5),
    }


if __name__ == "__main__":
    main()
