"""Pages that stay the same although their dates change, and walls before pages."""

import subprocess
import sys

import pytest

from crawler.digests import bits_apart
from crawler.shapes import NEAR, is_login_or_challenge, shape

SOFT = "<!doctype html><title>{0}</title><h1>Not here</h1><p>There is no such page. It is {1}; you are visitor {2}.</p>"
ALBUM = "<!doctype html><h1>Blue shapes</h1><img src=1><img src=2><ul><li><a href=1>next album</a><li>circles</ul>"


def test_a_date_and_a_counter_leave_the_shape_near() -> None:
    one, other = SOFT.format("a", "3 May 2030", 17), SOFT.format("b", "14 October 2031", 99_182)
    assert bits_apart(shape(one.encode()), shape(other.encode())) <= NEAR


def test_another_page_is_far() -> None:
    assert bits_apart(shape(SOFT.encode()), shape(ALBUM.encode())) > NEAR


def test_scripts_and_styles_do_not_count() -> None:
    dressed = ALBUM + "<script>var token = 'qwe'</script><style>.a{color:red}</style>"
    other = ALBUM + "<script>var token = 'zxc'</script><style>.b{color:blue}</style>"
    assert shape(dressed.encode()) == shape(other.encode())


def test_the_same_in_every_process() -> None:
    code = f"from crawler.shapes import shape; print(shape({ALBUM.encode()!r}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == shape(ALBUM.encode())
    assert len(told) == 16


@pytest.mark.parametrize(
    ("html", "status", "headers"),
    [
        ("<title>x</title><form><input type=password></form>", 200, {}),
        ("<h1>Just a moment...</h1>", 503, {}),
        ("<p>Please log in to view this page", 200, {}),
        ("<p>You must be 18 to enter", 200, {}),
        ("<div class='g-recaptcha'></div>", 200, {}),
        ("<p>ok", 403, {"cf-mitigated": "challenge"}),
        ("", 401, {}),
    ],
)
def test_walls(html: str, status: int, headers: dict[str, str]) -> None:
    assert is_login_or_challenge(html.encode(), status, headers)


@pytest.mark.parametrize(
    "html",
    [
        ALBUM, SOFT, "",
        "<form><input type=password></form>" + "<p>words about shapes and colours " * 60,
        "<form><input type=password></form>" + "<img src=1>" * 9,
    ],
)  # fmt: skip
def test_no_walls(html: str) -> None:
    assert not is_login_or_challenge(html.encode(), 200, {})
