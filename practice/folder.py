"""What the world writes into its folder when it starts: how to reach it, whom to trust, and what the analysts
know.

    dial.json  bootstrap/  ca.pem  env.json  control          how a product gets here (env.json: settings)
    confirmed.csv  known.csv  harmless.csv  placeholder.csv   what it is given to begin with
    edges.toml                                                this internet's CDN and platform, for a home
    inbox/  maillog                                           written as mail comes and goes
"""

import csv
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from practice.addresses import places
from practice.clock import written
from practice.networks import network_named
from practice.pictures import PLACEHOLDER, is_listed
from practice.rdap import bootstrap
from practice.reports import Report
from practice.world import World

REPORT_COLUMNS = (
    "url",
    "page",
    "referrer",
    "sha256",
    "reference",
    "source",
    "reported_at",
    "confirmed_by",
    "confirmed_at",
    "classification",
    "embargo_until",
    "note",
)
HASH_COLUMNS = ("sha256", "sha1", "md5", "pdq", "length", "classification")
LISTED_HARMLESS = "h01"
EDGE = """[[edge]]
name = "{network.organisation}"
certainty = "{certainty}"
suffixes = ["{suffix}"]
email = "{network.desk}"
source = "practice/networks.py"
noted = 2020-01-01
"""


@dataclass(frozen=True)
class Ports:
    """Where the servers listen on loopback."""

    http: int
    https: int
    resolvers: tuple[int, int]
    whois: dict[str, int]
    smtp: int


def fill(world: World, folder: Path, ports: Ports) -> dict[str, str]:
    """Write everything but `control` and `ca.pem`; the answer is the settings in env.json."""
    _json(folder / "dial.json", dial_map(ports))
    (folder / "bootstrap").mkdir(exist_ok=True)
    for name, content in bootstrap().items():
        _json(folder / "bootstrap" / name, content)
    _table(
        folder / "confirmed.csv",
        REPORT_COLUMNS,
        [_reported(world, n, r) for n, r in enumerate(world.reports, 1)],
    )
    _table(folder / "known.csv", HASH_COLUMNS, [_listed(world, label) for label in known_labels(world)])
    _table(folder / "harmless.csv", HASH_COLUMNS, [_listed(world, LISTED_HARMLESS)])
    _table(folder / "placeholder.csv", HASH_COLUMNS, [_listed(world, PLACEHOLDER)])
    (folder / "edges.toml").write_text(edges(), encoding="utf-8")
    settings = environment(folder, ports, world.clock.now().isoformat())
    _json(folder / "env.json", settings)
    return settings


def edges() -> str:
    """The CDN and the platform, for the file edges.toml of a product's home."""
    known = (("cedar", "cdn_edge", "cedar-edge.example"), ("haven", "shared_platform", "blogs.example"))
    entries = [EDGE.format(network=network_named[key], certainty=how, suffix=suffix) for key, how, suffix in known]
    return "\n".join(entries)


def dial_map(ports: Ports) -> dict[str, dict[str, str]]:
    """public address: public port: loopback address and port."""
    found: dict[str, dict[str, str]] = {}
    for name, place in places().items():
        whois = {"43": f"127.0.0.1:{ports.whois[name]}"} if name in ports.whois else {}
        web = {"80": f"127.0.0.1:{ports.http}", "443": f"127.0.0.1:{ports.https}"}
        for address in place.all:
            found[str(address)] = web | whois
    return found


def environment(folder: Path, ports: Ports, now: str) -> dict[str, str]:
    """The settings with which a product stands on this internet."""
    whois = ports.whois["whois.root.example"]
    return {
        "HOTLINE_DIAL_MAP": str(folder / "dial.json"),
        "HOTLINE_RESOLVERS": ",".join(f"127.0.0.1:{port}" for port in ports.resolvers),
        "HOTLINE_RDAP_BOOTSTRAP": str(folder / "bootstrap"),
        "HOTLINE_WHOIS": f"127.0.0.1:{whois}",
        "HOTLINE_SMTP": f"smtp://127.0.0.1:{ports.smtp}",
        "HOTLINE_MAIL_FROM": "notice@hotline.example",
        "HOTLINE_INBOX": f"maildir:{folder / 'inbox'}",
        "HOTLINE_SMTP_LEDGER": str(folder / "maillog"),
        "HOTLINE_CA_FILE": str(folder / "ca.pem"),
        "HOTLINE_ORGANISATION": "Practice hotline",
        "HOTLINE_COUNTRY": "NL",
        "HOTLINE_NOW": now.replace("+00:00", "Z"),
    }


def known_labels(world: World) -> list[str]:
    """Whose digests the hash list holds: all material here but the unlisted, and one entry by mistake."""
    held = {label.lstrip("~") for host in world.hosts.values() for label in host.holds.split()}
    return [*sorted(filter(is_listed, held)), "~" + LISTED_HARMLESS]


def _listed(world: World, label: str) -> dict[str, str | int]:
    return world.pictures[label].listed() | {"classification": "baseline"}


def _reported(world: World, number: int, report: Report) -> dict[str, str]:
    what = report.what.removeprefix("page:")
    label = what.partition("@")[0]
    page = world.sites.page_url(what) if report.page else ""
    now = world.clock.now()
    embargo = written(now + timedelta(days=report.embargo_days)) if report.embargo_days else ""
    return {
        "url": world.reported_url(report),
        "page": page,
        "referrer": page if report.referrer else "",
        "sha256": world.pictures[label].sha256 if report.digest else "",
        "reference": f"R-{number:03d}",
        "source": "public",
        "reported_at": written(now - timedelta(hours=5)),
        "confirmed_by": report.confirmed_by,
        "confirmed_at": written(now - timedelta(hours=1)),
        "classification": report.classification,
        "embargo_until": embargo,
        "note": "",
    }


def _table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]] | list[dict[str, str | int]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
