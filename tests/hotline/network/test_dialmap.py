"""A mistake in the dial map is told by file, entry and remedy."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from hotline.errors import HotlineError
from hotline.network.dialmap import read_dial_map


def written(folder: Path, text: str) -> Path:
    file = folder / "dial.json"
    file.write_text(text)
    return file


def test_listed_places_are_found_in_any_spelling(tmp_path: Path) -> None:
    text = '{"198.51.100.7": {"80": "127.0.0.1:18080"}, "2001:DB8:0::1": {"443": "[::1]:18443"}}'
    dial_map = read_dial_map(written(tmp_path, text))
    assert dial_map.target_of(ip_address("198.51.100.7"), 80) == (ip_address("127.0.0.1"), 18080)
    assert dial_map.target_of(ip_address("::ffff:198.51.100.7"), 80) == (ip_address("127.0.0.1"), 18080)
    assert dial_map.target_of(ip_address("2001:db8::1"), 443) == (ip_address("::1"), 18443)
    assert dial_map.target_of(ip_address("198.51.100.7"), 443) is None
    assert dial_map.target_of(ip_address("198.51.100.8"), 80) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"a.example": {}}', "'a.example' is no IP address"),
        ('{"198.51.100.7": "127.0.0.1:80"}', "has no table of ports"),
        ('{"198.51.100.7": {"http": "127.0.0.1:80"}}', "'http' is no port"),
        ('{"198.51.100.7": {"80": "127.0.0.1"}}', "is not ip:port"),
        ('{"198.51.100.7": {"80": "127.0.0.1:x"}}', "'x' is no port"),
        ('{"198.51.100.7": {"80": "127.0.0.1:99999"}}', "'99999' is no port"),
        ('{"198.51.100.7": {"80": 18080}}', "is not ip:port"),
        ('{"198.51.100.7": {"80": "198.51.100.8:80"}}', "the target is not loopback"),
    ],
)
def test_each_mistake_is_named_with_its_remedy(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(HotlineError, match="HOTLINE_DIAL_MAP") as caught:
        read_dial_map(written(tmp_path, text))
    assert told in str(caught.value)
    assert ";" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match=r"none\.json cannot be read"):
        read_dial_map(tmp_path / "none.json")
