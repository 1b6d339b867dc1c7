"""One running world for the tests that only look; those that change something start their own."""

from collections.abc import Iterator

import pytest

from practice.running import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.start(tmp_path_factory.mktemp("world")) as running:
        yield running
