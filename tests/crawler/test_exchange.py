"""Fetching from a hash exchange: no page is skipped, whatever it does on a bad day."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crawler.hashlists import exchange as fetching
from crawler.hashlists.exchange import Fetched, fetch
from crawler.hashlists.exchange_file import Exchange, exchange_of, parse_exchanges
from crawler.hashlists.exchange_pages import ThreatExchange
from crawler.hashlists.formats import ListRow, Withdrawal
from hotline.address import parse_url
from hotline.clock import MovableClock
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.network import Network
from hotline.records import AuditLeaf, HashCheckpoint, HashEntry, HashList
from hotline.words import HomeKind, ListKind
from practice import exchange as practice
from practice.exchange import Entry, Fault

SHAPES = ("ncmec", "threatexchange")


@dataclass
class Desk:
    """A home, an exchange with ten entries, and what the fetcher waited."""

    home: Home
    theirs: practice.Exchange
    url: str
    shape: str
    waits: list[float] = field(default_factory=list)

    @property
    def config(self) -> Exchange:
        base = self.url + (practice.GROUP if self.shape == "threatexchange" else "")
        return Exchange("theirs", self.shape, parse_url(base), None, practice.USER, practice.PASSWORD, practice.TOKEN)

    async def fetch(self, config: Exchange | None = None, *, anew: bool = False) -> Fetched:
        async def wait(seconds: float) -> None:
            self.waits.append(seconds)

        async with Network.open(self.home.settings, HomeKind.PRACTICE, self.home.clock) as network:
            return await fetch(self.home, network, config or self.config, "ana", wait, anew=anew)

    def later(self, **more: float) -> None:
        clock = self.home.clock
        assert isinstance(clock, MovableClock)
        clock.move_to(clock.now() + timedelta(**more))

    def changed(self, number: int, **how: int | bool) -> None:
        """An entry changes now."""
        now = int(self.home.now().timestamp())
        self.theirs.entries = [
            replace(entry, changed_at=now, **how) if entry.number == number else entry  # type: ignore[arg-type]
            for entry in self.theirs.entries
        ]

    def standing(self) -> set[str | None]:
        with self.home.reading() as session:
            return {row.md5 for row in session.exec(select(HashEntry)) if row.withdrawn_at is None}

    def all_of_theirs(self) -> set[str | None]:
        return {entry.md5 for entry in self.theirs.entries if not entry.is_deleted}

    def checkpoint(self) -> HashCheckpoint:
        with self.home.reading() as session:
            return session.exec(select(HashCheckpoint)).one()


@asynccontextmanager
async def desk_of(home: Home, shape: str) -> AsyncIterator[Desk]:
    at = int(home.now().timestamp()) - 100_000
    theirs = practice.Exchange([Entry(number, at + number) for number in range(10)])
    async with practice.exchanging(theirs) as url:
        yield Desk(home, theirs, url, shape)


@pytest.fixture(params=SHAPES)
async def desk(request: pytest.FixtureRequest, home: Home) -> AsyncIterator[Desk]:
    async with desk_of(home, request.param) as opened:
        yield opened


@pytest.fixture
async def xml_desk(home: Home) -> AsyncIterator[Desk]:
    async with desk_of(home, "ncmec") as opened:
        yield opened


async def test_a_fetch_is_interrupted_and_goes_on_on_each_database(home_on: Home) -> None:
    async with desk_of(home_on, "ncmec") as desk:
        desk.theirs.plan = {3: Fault.FORBIDDEN}
        with pytest.raises(HotlineError):
            await desk.fetch()
        desk.changed(9, is_deleted=True)  # it leaves the span that is being fetched, and comes with the next
        assert (await desk.fetch()).pages == 1
        desk.later(hours=1)
        await desk.fetch()
        assert desk.standing() == desk.all_of_theirs()


async def test_every_page_is_fetched_once(desk: Desk) -> None:
    fetched = await desk.fetch()
    assert (fetched.pages, fetched.result.added, fetched.result.rejected) == (4, 10, [])
    assert desk.standing() == desk.all_of_theirs()
    assert len(set(desk.theirs.asked)) == 4


async def test_the_next_fetch_asks_only_for_what_changed_since(desk: Desk) -> None:
    await desk.fetch()
    desk.later(hours=1)
    desk.changed(3, is_deleted=True)
    desk.changed(4, version=1)
    desk.later(hours=1)
    fetched = await desk.fetch()
    result = fetched.result
    assert (fetched.pages, result.added, result.known, result.withdrawn) == (1, 1, 0, 2)
    assert desk.standing() == desk.all_of_theirs()


async def test_a_fetch_anew_asks_for_everything(desk: Desk) -> None:
    await desk.fetch()
    desk.later(days=100)
    fetched = await desk.fetch(anew=True)
    assert (fetched.pages, fetched.result.added, fetched.result.known) == (4, 0, 10)
    assert desk.checkpoint().since == desk.home.now() - timedelta(minutes=15)


def test_what_nobody_of_the_group_calls_material_is_withdrawn() -> None:
    update = {"id": "7", "type": "HASH_MD5", "indicator": "c" * 32}
    body = {"data": [update | {"descriptors": {"data": [{"status": status}, {"status": "NON_MALICIOUS"}]}}
                     for status in ("MALICIOUS", "NON_MALICIOUS")]}  # fmt: skip
    config = Exchange("theirs", "threatexchange", parse_url("https://exchange.example/7"), token="t")
    stands, gone = ThreatExchange(config).read(json.dumps(body).encode(), "/threat_updates?limit=5").rows
    assert stands == ListRow(1, md5="c" * 32, source_id="7", lasting=True)
    assert gone == Withdrawal(2, "7")


async def test_a_span_begins_before_the_end_of_the_one_before_it(desk: Desk) -> None:
    await desk.fetch()
    late = Entry(99, int(desk.home.now().timestamp()) - 60)
    desk.theirs.entries.append(late)  # the exchange took a while to show it
    desk.later(hours=1)
    await desk.fetch()
    assert late.md5 in desk.standing()


@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_an_interrupted_fetch_goes_on_at_its_page(desk: Desk, at: int) -> None:
    desk.theirs.plan = dict.fromkeys(range(at, at + 5), Fault.DOWN)
    with pytest.raises(HotlineError, match="answers 503, 5 times; run it again later"):
        await desk.fetch()
    asked = len(desk.theirs.asked)
    assert len(desk.standing()) == (at - 1) * 3
    desk.later(minutes=5)
    fetched = await desk.fetch()
    assert fetched.pages == 5 - at
    assert desk.standing() == desk.all_of_theirs()
    if at > 1:
        assert desk.theirs.asked[asked] == desk.theirs.asked[asked - 1]


async def test_a_page_and_its_checkpoint_are_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Home, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            await desk.fetch()
    assert desk.standing() == set()
    with desk.home.reading() as session:
        assert not session.exec(select(HashCheckpoint)).all()
        assert not session.exec(select(HashList)).all()
    await desk.fetch()
    assert desk.standing() == desk.all_of_theirs()


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.HALF, Fault.STRANGE, Fault.DOWN])
async def test_a_page_that_does_not_come_whole_is_asked_for_again(desk: Desk, fault: Fault) -> None:
    desk.theirs.plan = {2: fault, 3: fault}
    fetched = await desk.fetch()
    assert (fetched.pages, fetched.result.added, fetched.result.known) == (4, 10, 0)
    assert desk.waits == [2.0, 4.0]


@pytest.mark.parametrize(("fault", "seconds"), [(Fault.BUSY, 7.0), (Fault.BUSY_UNTIL, 30.0)])
async def test_a_busy_exchange_is_left_alone_as_long_as_it_says(desk: Desk, fault: Fault, seconds: float) -> None:
    desk.theirs.plan = {1: fault, 3: fault}
    assert (await desk.fetch()).pages == 4
    assert desk.waits == [seconds, seconds]


async def test_nobody_waits_an_hour(desk: Desk) -> None:
    desk.theirs.plan = {2: Fault.BUSY_LONG}
    with pytest.raises(HotlineError, match="alone for 60 minutes; run it again then"):
        await desk.fetch()
    assert len(desk.standing()) == 3


@pytest.mark.parametrize(
    ("fault", "told"),
    [(Fault.FORBIDDEN, "ask its owner for the right"), (Fault.MOVED, "has moved"), (Fault.GONE, "check url and shape")],
)
async def test_what_asking_again_would_not_help_is_told_at_once(desk: Desk, fault: Fault, told: str) -> None:
    desk.theirs.plan = {1: fault}
    with pytest.raises(HotlineError, match=told) as wrong:
        await desk.fetch()
    assert len(desk.theirs.asked) == 1
    assert "127.0.0.1" not in str(wrong.value)
    with desk.home.reading() as session:
        assert not session.exec(select(HashList)).all()


async def test_wrong_credentials_are_told(desk: Desk) -> None:
    with pytest.raises(HotlineError, match=r"does not know these credentials \(401\)"):
        await desk.fetch(replace(desk.config, user="x", token="x"))


async def test_a_page_that_is_forgotten_begins_its_span_anew(desk: Desk) -> None:
    desk.theirs.plan = dict.fromkeys(range(3, 8), Fault.DOWN)
    with pytest.raises(HotlineError):
        await desk.fetch()
    desk.theirs.plan = {8: Fault.GONE}
    fetched = await desk.fetch()
    assert (fetched.pages, fetched.result.added, fetched.result.known) == (4, 4, 6)
    assert desk.standing() == desk.all_of_theirs()


async def test_pages_in_a_circle_end_and_the_span_begins_anew(desk: Desk) -> None:
    desk.theirs.plan = {2: Fault.CIRCLE}
    with pytest.raises(HotlineError, match="fetched already"):
        await desk.fetch()
    assert len(desk.standing()) == 6
    assert (await desk.fetch()).pages == 4
    assert desk.standing() == desk.all_of_theirs()


async def test_credentials_go_to_no_other_host(xml_desk: Desk) -> None:
    xml_desk.theirs.plan = dict.fromkeys(range(1, 6), Fault.ELSEWHERE)
    with pytest.raises(HotlineError, match="not below the exchange's own url"):
        await xml_desk.fetch()


async def test_two_fetches_at_once_do_not_lose_a_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = fetching._keep

    def another_was_first(home: Home, *rest: object) -> object:
        keep(home, *rest)  # type: ignore[arg-type]
        return keep(home, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(fetching, "_keep", another_was_first)
    with pytest.raises(HotlineError, match="by another process"):
        await desk.fetch()


async def test_no_secret_reaches_the_database(desk: Desk) -> None:
    desk.theirs.plan = dict.fromkeys(range(3, 8), Fault.DOWN)
    with pytest.raises(HotlineError):
        await desk.fetch()
    place = desk.checkpoint().next_page or ""
    assert place.startswith("/")
    assert "token" not in place and "key" not in place and practice.PASSWORD not in place


async def test_each_page_is_in_the_audit_log(desk: Desk) -> None:
    await desk.fetch()
    with desk.home.reading() as session:
        assert len(session.exec(select(AuditLeaf)).all()) == 4 + 1  # and the making of the home


async def test_a_list_of_another_kind_is_refused_before_anything_is_asked(desk: Desk) -> None:
    await desk.fetch()
    asked = len(desk.theirs.asked)
    with pytest.raises(HotlineError, match="does not change its kind"):
        await desk.fetch(replace(desk.config, kind=ListKind.HARMLESS))
    assert len(desk.theirs.asked) == asked


GOOD = """[[exchange]]
list = "theirs"
shape = "ncmec"
url = "https://exchange.example/npo/"
user = "u"
password = "p"
"""


def test_an_exchange_as_the_operator_writes_it() -> None:
    (exchange,) = parse_exchanges(GOOD + 'kind = "harmless"\n')
    assert (exchange.list_name, exchange.url.text, exchange.kind) == (
        "theirs",
        "https://exchange.example/npo",
        ListKind.HARMLESS,
    )
    assert "'p'" not in repr(exchange)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + GOOD, "exchange 2: another entry has the same list"),
        (GOOD.replace('"ncmec"', '"soap"'), "shape must be one of ncmec, threatexchange"),
        (GOOD.replace('"ncmec"', '"threatexchange"'), "token is missing"),
        (GOOD.replace("https", "http"), "https"),
        (GOOD.replace("/npo/", "/npo?x=1"), "before any"),
        (GOOD.replace("exchange.example", "u:p@exchange.example"), "credentials in the URL"),
        (GOOD + 'pasword = "x"\n', "pasword is no key"),
        (GOOD + "kind = 3\n", "kind must be a text"),
        (GOOD + 'kind = "odd"\n', "kind must be one of"),
        ("[exchange]\nx = 1\n", "double brackets"),
        ("list = 1\n", "double brackets"),
        ("=", "not valid TOML"),
    ],
)
def test_a_fault_of_the_file_is_told_by_entry(text: str, told: str) -> None:
    with pytest.raises(HotlineError, match=told) as wrong:
        parse_exchanges(text)
    assert "exchange.example" not in str(wrong.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "exchanges.toml"
    file.write_text(GOOD)
    file.chmod(0o644)
    with pytest.raises(HotlineError, match="chmod 600"):
        exchange_of(tmp_path, "theirs")
    file.chmod(0o600)
    assert exchange_of(tmp_path, "theirs").user == "u"
    with pytest.raises(HotlineError, match=r"no exchange for the list 'ours'.*has 'theirs'"):
        exchange_of(tmp_path, "ours")


def test_without_a_file_there_is_no_exchange(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="has none"):
        exchange_of(tmp_path, "theirs")
