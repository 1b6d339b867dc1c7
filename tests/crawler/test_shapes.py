"""Pages that stay the same although their dates change."""

import subprocess
import sys

from crawler.digests import bits_apart
from crawler.shapes import NEAR, shape

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
