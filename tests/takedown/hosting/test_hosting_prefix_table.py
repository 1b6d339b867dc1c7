"""Tables of announced prefixes: what they are written like, what wins, and what is told when they fail."""

import gzip
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import HotlineError
from takedown.hosting.cache import MemoryCache
from takedown.hosting.origin import Origins
from takedown.hosting.prefix_table import PrefixTable, asns_in, read_prefix_table
from tests.takedown.hosting.hosting_world import NOW, World

TEXT = """; IP-ASN32-DAT file
# another comment
198.51.0.0/16\t64499
198.51.100.0/24\t64500

2001:db8::/32\t64502
2001:db8:7::/48 64503 ; said behind
2001:db8:7::7/128 64504
"""


@pytest.mark.parametrize(
    ("address", "asns", "prefix"),
    [
        ("198.51.100.7", (64500,), "198.51.100.0/24"),
        ("198.51.99.7", (64499,), "198.51.0.0/16"),
        ("2001:db8:7::8", (64503,), "2001:db8:7::/48"),
        ("2001:db8:7::7", (64504,), "2001:db8:7::7/128"),
        ("2001:db8:8::", (64502,), "2001:db8::/32"),
    ],
)
def test_the_longest_prefix_around_an_address_wins(address: str, asns: tuple[int, ...], prefix: str) -> None:
    table = PrefixTable(TEXT.splitlines())
    facts = table.look_up(ip_address(address))
    assert (facts.asns, str(facts.prefix)) == (asns, prefix)
    assert (table.broken, table.problem) == (0, None)


def test_what_no_prefix_contains_has_no_origin() -> None:
    assert PrefixTable(TEXT.splitlines()).look_up(ip_address("203.0.113.1")).asns == ()


@pytest.mark.parametrize("text", ["{64500,64501}", "64500_64501", "AS64500 AS64501", "64500 64501", "{64500, 64501}"])
def test_several_origins_are_kept_however_they_are_written(text: str) -> None:
    assert asns_in(text) == (64500, 64501)
    table = PrefixTable([f"198.51.100.0/24\t{text}"])
    assert table.look_up(ip_address("198.51.100.7")).asns == (64500, 64501)


def test_a_prefix_on_several_lines_has_the_origins_of_all_in_their_order_and_once() -> None:
    table = PrefixTable(f"198.51.100.0/24 {asn}" for asn in (64501, 64500, 64501))
    assert table.look_up(ip_address("198.51.100.7")).asns == (64501, 64500)


@pytest.mark.parametrize(
    "line",
    [
        "198.51.100.0/24",
        "198.51.100.0/33 64500",
        "198.51.100.0/24 none",
        "198.51.100.0/24 0",
        "198.51.100.0/24 4294967296",
        "198.51.300.0/24 64500",
        "2001:db8::/129 64500",
        "2001:db8::/1_6 64500",
        "\x00\x01 64500",
        "<html>",
    ],
)
def test_a_broken_line_is_passed_over_and_counted(line: str) -> None:
    table = PrefixTable([line, "203.0.113.0/24 64500"])
    assert table.broken == 1
    assert table.look_up(ip_address("203.0.113.1")).asns == (64500,)
    assert table.problem is not None
    assert "1 line of the prefix table" in table.problem


def test_host_bits_lone_addresses_and_masks_are_forgiven() -> None:
    table = PrefixTable(["198.51.100.9/24 1", "203.0.113.7 2", "192.0.2.0/255.255.255.0 3"])
    found = [table.look_up(ip_address(each)).asns for each in ("198.51.100.7", "203.0.113.7", "192.0.2.9")]
    assert (found, table.broken) == ([(1,), (2,), (3,)], 0)


@given(
    st.lists(
        st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(1, 9)),
        max_size=30,
    ),
    st.integers(0, 2**32 - 1),
)
def test_a_look_up_finds_what_trying_every_line_finds(rows: list[tuple[int, int, int]], number: int) -> None:
    address = IPv4Address(number)
    lines = [(ip_network((value, length), strict=False), asn) for value, length, asn in rows]
    lines += [(ip_network((number, length), strict=False), asn) for _, length, asn in rows[:5]]
    around = [(prefix, asn) for prefix, asn in lines if address in prefix]
    longest = max((prefix.prefixlen for prefix, _ in around), default=None)
    expected = dict.fromkeys(asn for prefix, asn in around if prefix.prefixlen == longest)
    assert PrefixTable(f"{prefix}\t{asn}" for prefix, asn in lines).look_up(address).asns == tuple(expected)


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 127, 128])
def test_ipv6_prefixes_of_every_length_are_found(length: int) -> None:
    address = IPv6Address("2001:db8:1:2:3:4:5:6")
    prefix = ip_network((int(address), length), strict=False)
    assert PrefixTable([f"{prefix} 64500"]).look_up(address).prefix == prefix


@pytest.mark.parametrize("name", ["table.dat", "table.dat.gz", "table"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_is_read_packed_or_not_whatever_its_name(tmp_path: Path, name: str, packed: bool) -> None:
    content = TEXT.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    assert read_prefix_table(tmp_path / name).look_up(ip_address("198.51.100.7")).asns == (64500,)


def _cut(file: Path) -> None:
    file.write_bytes(gzip.compress(TEXT.encode() * 100)[:-20])


@pytest.mark.parametrize("spoil", [lambda file: None, Path.mkdir, _cut])
async def test_a_table_that_cannot_be_read_is_a_problem_in_words(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(tmp_path / "table.dat")
    with pytest.raises(HotlineError, match="HOTLINE_ASN_ORIGIN"):
        read_prefix_table(tmp_path / "table.dat")
    told = await _origins(tmp_path / "table.dat").look_up(ip_address("198.51.100.7"), NOW)
    assert told.facts is not None
    assert told.facts.asns == ()
    (problem,) = told.problems
    assert problem.startswith("HOTLINE_ASN_ORIGIN names a prefix table that cannot be read (")
    assert "; give the path of " in problem


async def test_broken_lines_are_told_where_an_origin_is_missing_and_only_there(tmp_path: Path) -> None:
    (tmp_path / "table.dat").write_text(f"{TEXT}nonsense\nmore of it\n")
    origins = _origins(tmp_path / "table.dat")
    assert (await origins.look_up(ip_address("198.51.100.7"), NOW)).problems == ()
    (problem,) = (await origins.look_up(ip_address("203.0.113.7"), NOW)).problems
    assert "2 lines of the prefix table" in problem
    assert f"(the first is line {TEXT.count(chr(10)) + 1})" in problem


async def test_a_file_that_is_no_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "table.dat").write_bytes(b"\xff\xfe\x00" * 50)
    (problem,) = (await _origins(tmp_path / "table.dat").look_up(ip_address("198.51.100.7"), NOW)).problems
    assert "no line of it tells a prefix" in problem


def _origins(file: Path) -> Origins:
    return Origins(str(file), World(), MemoryCache())
