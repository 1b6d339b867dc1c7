"""A practice home for the stand: its own folder, the stand's name servers, and a dial map to the stand's server."""

import json
import secrets
from pathlib import Path
from typing import Any, Final

from hotline import settings, staff
from hotline.address import parse_url
from hotline.home import Home, create_home, open_home
from hotline.settings import Settings
from hotline.words import Classification, HomeKind, Role

LISTED: Final = 20_000
"""Entries of the illegal list; a quarter as many stand in the harmless one."""


def settings_in(folder: Path, origin: dict[str, Any]) -> Settings:
    """Settings for a home in the folder that reaches what the origin serves, and nothing else."""
    port = str(origin["port"])
    dial_map = folder / "dial-map.json"
    places = {address: {port: f"127.0.0.1:{port}"} for address in origin["addresses"].values()}
    dial_map.write_text(json.dumps(places), encoding="utf-8")
    return settings.load(
        {
            "HOTLINE_HOME": str(folder / "home"),
            "HOTLINE_RESOLVERS": ",".join(f"127.0.0.1:{resolver}" for resolver in origin["resolvers"]),
            "HOTLINE_DIAL_MAP": str(dial_map),
        }
    )


def make_home(folder: Path, origin: dict[str, Any]) -> Home:
    """A new home with two analysts."""
    chosen = settings_in(folder, origin)
    create_home(chosen, HomeKind.PRACTICE)
    home = open_home(chosen)
    for name in ("ada", "ben"):
        staff.add(home, staff.NewMember(name, Role.ANALYST, "NL"), staff.SYSTEM)
    return home


def make_ready(folder: Path, origin: dict[str, Any]) -> None:
    """A home that waits for a crawl of the site; each round works on a copy of it."""
    from stand import site

    home = make_home(folder, origin)
    fill_lists(home, origin["listed"])
    confirm(home, site.picture_url(0, origin["port"]), site.page_url(0, origin["port"]))
    home.engine.dispose()


def fill_lists(home: Home, known: list[dict[str, str]]) -> None:
    """Lists of random digests, of the size that a hotline begins with, and among them the known ones."""
    from crawler.hashlists.formats import ListRow
    from crawler.hashlists.store import import_rows
    from hotline.words import ListKind

    rows = [ListRow(line, **digests) for line, digests in enumerate(known, 1)]
    with home.session() as session:
        illegal = rows + [_random_row(line) for line in range(LISTED - len(rows))]
        import_rows(session, "known", ListKind.ILLEGAL, illegal, home.now())
        harmless = [_random_row(line) for line in range(LISTED // 4)]
        import_rows(session, "harmless", ListKind.HARMLESS, harmless, home.now())


def _random_row(line: int) -> Any:
    from crawler.hashlists.formats import ListRow

    sizes = {"sha256": 32, "sha1": 20, "md5": 16, "pdq": 32}
    return ListRow(line, **{kind: secrets.token_hex(size) for kind, size in sizes.items()}, length=40_000 + line)


def confirm(home: Home, url: str, page: str) -> None:
    """A confirmed report, so that there is a ticket."""
    from takedown.intake import admit
    from takedown.reports import ConfirmedReport

    report = ConfirmedReport(
        line=2,
        url=parse_url(url),
        page=parse_url(page),
        referrer=None,
        sha256=None,
        reference=None,
        source=None,
        reported_at=None,
        confirmed_by=("ada", "ben"),
        confirmed_at=None,
        classification=Classification.BASELINE,
        embargo_until=None,
        note=None,
    )
    taken = admit(home, [report], staff.SYSTEM)
    assert taken.accepted == 1, taken.rejected
