"""Tables of the home with faults: each is named with its remedy, and what is there is never taken for nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotline.errors import HotlineError
from hotline.settings import load
from takedown.hosting.edge_table import load_edges
from takedown.hosting.last_desks import load_desks
from takedown.hosting.rule_file import rules_of
from takedown.hosting.sites import sites_of
from takedown.hosting.table_faults import faults, strays

READERS = [
    ("edges.toml", load_edges),
    ("edges.toml", sites_of),
    ("desks.toml", load_desks),
    ("hotlines.toml", load_desks),
    ("hotline.toml", rules_of),
]
EDGE = '[[edge]]\nname = "Own"\ncertainty = "cdn_edge"\nsource = "s"\nnoted = 2030-01-01\n'


@pytest.mark.parametrize(("name", "read"), READERS)
def test_what_is_there_and_cannot_be_read_is_a_fault_and_not_the_same_as_none(
    tmp_path: Path, name: str, read: Callable[[Path], Any]
) -> None:
    read(tmp_path)
    (tmp_path / name).mkdir()
    with pytest.raises(HotlineError, match=rf"^{name} in the home cannot be read .*; make it a file"):
        read(tmp_path)


def test_settings_that_cannot_be_read_are_a_fault_too(tmp_path: Path) -> None:
    (tmp_path / "hotline.toml").mkdir()
    with pytest.raises(HotlineError, match=r"hotline\.toml in the home cannot be read .*; make it a file"):
        load({"HOTLINE_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        ('ranges = ["0.0.0.0/0"]', "too wide; the shortest prefix is /8"),
        ('ranges = ["2000::/3"]', "too wide; the shortest prefix is /16"),
        ('suffixes = ["*.example"]', r"more than \*"),
        ('suffixes = ["*.*.example"]', r"more than \*"),
    ],
)
def test_a_sign_that_would_hold_half_the_internet_is_refused(tmp_path: Path, sign: str, words: str) -> None:
    (tmp_path / "edges.toml").write_text(f"{EDGE}{sign}\n")
    with pytest.raises(HotlineError, match=rf"edges\.toml, entry 1 \(Own\): .*{words}"):
        load_edges(tmp_path)


def test_every_table_with_a_fault_is_named_at_once(tmp_path: Path) -> None:
    assert faults(tmp_path) == ()
    for name in ("hotline.toml", "edges.toml", "desks.toml"):
        (tmp_path / name).write_text("[[\n")
    found = faults(tmp_path)
    assert [fault.split(" ")[0] for fault in found] == ["hotline.toml", "edges.toml", "desks.toml"]
    assert all("mend that place" in fault for fault in found)


def test_a_table_under_a_name_that_is_never_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "mandate.toml").touch()
    assert strays(tmp_path) == ()
    (tmp_path / "platforms.toml").touch()
    assert strays(tmp_path) == ("platforms.toml in the home is not read; write its entries into edges.toml",)
