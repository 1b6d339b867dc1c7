"""``crawl``, ``resolve``: where else it is, and who hosts it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from commands.context import As, Json, actor_for, changing, progress, reading, run
from commands.output import counts, emit, emit_json
from hotline.errors import HotlineError

if TYPE_CHECKING:
    from hotline.address import Url
    from hotline.home import Home
    from takedown.hosting.finding import HostingFinding


def add_to(app: typer.Typer) -> None:
    """Adds this family of commands."""
    app.command("crawl")(crawl)
    app.command("resolve")(resolve)


def crawl(as_name: As = None, as_json: Json = False) -> None:
    """Run every open ticket to its end: follow links from confirmed URLs to the same material."""
    from scheduler.crawling import crawl as run_crawl

    with changing() as home, progress() as shown:
        actor_for(home, as_name, "work:run", system=True)
        document = asdict(run(run_crawl(home, shown)))
    emit(document, as_json, [counts(document, tuple(document))])


def resolve(url: Annotated[str, typer.Argument(metavar="URL")], as_json: Json = False) -> None:
    """Find out who hosts a URL and who is asked, in order, with sources."""
    from hotline.address import BadUrl, parse_url
    from takedown.contact_views import with_health

    try:
        parsed = parse_url(url)
    except BadUrl as wrong:
        raise HotlineError(f"{wrong.reason}; write the whole address, such as https://host.example/page") from None
    with reading() as home:
        finding = run(_look_up(home, parsed))
    if as_json:
        with home.reading() as session:
            emit_json(with_health(home, session, finding.as_json()))
        return
    from rich.console import Console

    from takedown.hosting.tree import render

    Console().print(render(finding))


async def _look_up(home: "Home", url: "Url") -> "HostingFinding":
    from hotline.network import Network
    from scheduler.locating import Locator

    async with Network.open(home.settings, home.kind, home.clock) as network:
        return await Locator(home, network).finding(url)
