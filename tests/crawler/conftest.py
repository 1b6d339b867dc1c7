"""What the tests of this room share."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from crawler_world import START, Crawling, FakeDesk, LittleWeb

from crawler.decoding import Decoder
from crawler.fetcher import Fetcher
from hotline import settings
from hotline.clock import MovableClock
from hotline.home import Home, create_home, open_home
from hotline.words import HomeKind


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    create_home(settings.load({"HOTLINE_HOME": str(folder)}), HomeKind.PRACTICE)
    return folder


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Iterator[Home]:
    folder = tmp_path / "home"
    shutil.copytree(empty_home, folder)
    opened = open_home(settings.load({"HOTLINE_HOME": str(folder)}), MovableClock(START))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def little_web() -> LittleWeb:
    return LittleWeb()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def crawling(home: Home, little_web: LittleWeb, desk: FakeDesk) -> Crawling:
    return Crawling(home, little_web, desk)


@pytest.fixture
async def eyes(little_web: LittleWeb) -> AsyncIterator[Any]:
    """A fetcher on the little web."""
    async with little_web.serving() as network, Decoder.open(1) as decoder:
        yield SimpleNamespace(fetcher=Fetcher(network, decoder), network=network, decoder=decoder)
