"""Fixtures of the notices' tests; what they are built from stands in ``notice_builders``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from notice_builders import Told, make_home

from hotline.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A practice home with everything set that notices need."""
    return make_home(tmp_path / "home")


@pytest.fixture
def told() -> Told:
    """Events that only remember."""
    return Told()
