"""Fixtures of the tests of the web."""

import sys
from pathlib import Path

import pytest
from homes import Homes

from hotline.home import Home

sys.path.insert(0, str(Path(__file__).parent / "public"))


@pytest.fixture
def home(homes: Homes) -> Home:
    """A practice home with everything set that notices need; its clock stands until a test moves it."""
    return homes.build(mail_from="notice@hotline.example", organisation="Practice hotline", country="NL")
