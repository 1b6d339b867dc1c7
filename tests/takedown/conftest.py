"""Homes for the tests of decisions: made once, and copied for each test, for making the schema takes the longest."""

import shutil
from pathlib import Path

import pytest
from homes import Homes

from hotline.home import Home
from hotline.words import HomeKind


@pytest.fixture(scope="session")
def made_homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a practice home and one in earnest, neither of which is open."""
    making = Homes(tmp_path_factory.mktemp("made"))
    making.build("practice")
    making.build("earnest", HomeKind.EARNEST)
    making.close()
    return making.folder


def _copied(made: Path, homes: Homes, name: str) -> Home:
    shutil.copytree(made / name, homes.folder / name)
    return homes.open(name)


@pytest.fixture
def practice_home(homes: Homes, made_homes: Path) -> Home:
    """A practice home; its clock stands at ``START`` until the test moves it."""
    return _copied(made_homes, homes, "practice")


@pytest.fixture
def earnest_home(homes: Homes, made_homes: Path) -> Home:
    """A home in earnest, its clock likewise."""
    return _copied(made_homes, homes, "earnest")
