"""Project VIC's JSON, as tools and exchanges write it, and the scanner that reads it in pieces."""

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.hashlists.formats import BadRow, Damage, ListRow, Reading, read_bytes
from crawler.hashlists.formats.json_objects import Objects
from hotline.errors import HotlineError

MD5, SHA1, SHA256, PDQ = "C" * 32, "b" * 40, "a" * 64, "d" * 64
CONTEXT_2 = "http://example.invalid/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
CONTEXT_1 = "http://example.invalid/ProjectVic/DataModels/1.3.xml#Cases"


def vics(document: Any, indent: int | None = None, encoding: str = "utf-8") -> Reading:
    return read_bytes(json.dumps(document, indent=indent).encode(encoding), "vics")


def good(reading: Reading) -> list[ListRow]:
    return [row for row in reading if isinstance(row, ListRow)]


def bad(reading: Reading) -> dict[int, str]:
    return {row.line: row.reason for row in reading if isinstance(row, BadRow)}


def media_of_2(*media: Any) -> dict[str, Any]:
    return {"@odata.context": CONTEXT_2, "value": list(media)}


def cases_of_1(*media: Any) -> dict[str, Any]:
    case = {"odata.id": "", "CaseMetadata": [{"CaseID": "7"}], "Media": list(media), "CaseNumber": "7"}
    return {"odata.metadata": CONTEXT_1, "value": [case]}


MEDIUM = {
    "odata.editLink": "",
    "MediaID": 5,
    "Category": "1",
    "MD5": MD5,
    "SHA1": SHA1.upper(),
    "MediaSize": "120",
    "IsPrecategorized": "False",
    "Series": "not kept",
    "Exifs": [{"PropertyName": "Make", "PropertyValue": "Camera {7}"}],
    "MediaFiles": [{"MD5": "e" * 32, "FileName": 'a ] } " name'}],
}


def test_media_in_cases_of_model_1_3() -> None:
    (row,) = good(vics(cases_of_1(MEDIUM)))
    assert (row.md5, row.sha1, row.length, row.source_id) == (MD5.lower(), SHA1, 120, "5")
    assert (row.scheme, row.classification, row.label) == ("vics 1.3 category 1", None, None)


def test_media_of_model_2_0_with_the_country_of_the_categories() -> None:
    (row,) = good(vics(media_of_2(MEDIUM | {"Category": 0}), encoding="utf-8-sig"))
    assert row.scheme == "vics 2.0 US category 0"


def test_who_categorised_is_kept_where_the_file_says_that_somebody_did() -> None:
    medium = MEDIUM | {"IsPrecategorized": "True", "PrecategorizationSource": "Meadow desk"}
    (row,) = good(vics(cases_of_1(medium)))
    assert row.scheme == "vics 1.3 category 1 by Meadow desk"


def test_a_medium_without_a_category_has_no_scheme() -> None:
    assert [row.scheme for row in good(vics(media_of_2({"MD5": MD5}, {"MD5": MD5, "Category": None})))] == [None, None]


@pytest.mark.parametrize("name", ["Hashes", "AlternativeHashes"])
def test_hashes_by_name_in_hexadecimal_or_base64(name: str) -> None:
    hashes = [
        {"HashName": "PhotoDNA", "HashValue": base64.b64encode(bytes(144)).decode()},
        {"HashName": "SHA-256", "HashValue": base64.b64encode(bytes.fromhex(SHA256)).decode()},
        {"HashName": "PDQ", "HashValue": PDQ.upper()},
        {"HashName": "MD5", "HashValue": base64.b64encode(bytes.fromhex(MD5)).decode()},
    ]
    (row,) = good(vics(media_of_2({"MediaID": 1, name: hashes})))
    assert (row.sha256, row.pdq, row.md5) == (SHA256, PDQ, MD5.lower())


def test_a_medium_with_nothing_but_unknown_kinds_is_a_bad_row_with_its_number() -> None:
    reading = vics(media_of_2({"MediaID": 9, "PhotoDNA": "AAAA"}, {"MediaID": 10}, {"MD5": MD5}))
    reasons = [row.reason for row in reading if isinstance(row, BadRow)]
    assert reasons == [
        "no digest of a kind that is known, only PhotoDNA (MediaID 9)",
        "no digest (MediaID 10)",
    ]
    assert len(good(reading)) == 1


@pytest.mark.parametrize(
    "wrong", [{"MD5": "c" * 31}, {"MD5": "z" * 32}, {"MediaSize": "many"}, {"MediaSize": -1}, {"MediaSize": True}]
)
def test_a_medium_with_a_fault_is_a_bad_row(wrong: dict[str, Any]) -> None:
    assert len(bad(vics(media_of_2(MEDIUM | wrong)))) == 1


def test_a_row_has_the_line_where_its_object_starts() -> None:
    text = json.dumps(cases_of_1(MEDIUM, MEDIUM, {"MediaID": 1}), indent=1)
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line == "    {"][1:]  # after CaseMetadata
    reading = read_bytes(text.encode(), "vics")
    assert [row.line for row in reading] == starts
    assert list(bad(reading)) == starts[2:]


def test_media_deep_inside_are_found() -> None:
    deep = {"value": [{"Cases": [{"Inner": {"media": [{"MD5": MD5}]}}]}]}
    assert len(good(vics(deep))) == 1


def test_cases_larger_than_the_window_are_read_medium_by_medium() -> None:
    reading = vics(cases_of_1(*[MEDIUM] * 10_000))
    assert len(good(reading)) == 10_000
    assert not bad(reading)


def test_a_medium_that_is_too_large_costs_itself() -> None:
    reading = vics(media_of_2({"MD5": MD5, "Miniature": "x" * 2_000_000}, {"MD5": MD5}), indent=1)
    assert [row.reason for row in reading if isinstance(row, BadRow)] == ["the entry is larger than 1048576 signs"]
    assert len(good(reading)) == 1


def test_a_broken_object_costs_itself() -> None:
    reading = read_bytes(f'{{"value": [\n{{"MD5": {MD5}}},\n{{"MD5": "{MD5}"}}]}}'.encode(), "vics")
    assert bad(reading) == {2: "the entry is no valid JSON"}
    assert [row.line for row in good(reading)] == [3]


def test_a_text_that_is_never_closed_is_told_by_its_entry() -> None:
    lines = [f'{{"MD5": "{MD5}"}},'] * 9
    lines[4] = '{"MD5": "abc},'
    *rows, damage = read_bytes(("[\n" + "\n".join(lines) + "]").encode(), "vics")
    assert len(rows) == 4
    assert isinstance(damage, Damage)
    assert "the entry that starts at line 6 is not closed" in damage.reason


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_keeps_what_is_before_the_cut(keep: float) -> None:
    text = json.dumps(media_of_2(*[MEDIUM] * 100), indent=1)
    text = text[: int(len(text) * keep)]
    rows = list(read_bytes(text.encode(), "vics"))
    assert isinstance(rows[-1], Damage)
    assert rows[-1].line == text.count("\n") + 1
    assert len(rows) - 1 == text.count(' "MediaFiles": [') - (
        0 if text.endswith(" },") or "  ]\n  }" in text[-6:] else 1
    )


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"value": [' + '{"a":' * 50_000, '{"value": [' + "[" * 50_000 + "]" * 50_000 + "]}"],
)
def test_a_bomb_of_depth_is_damage(text: str) -> None:
    (row,) = read_bytes(text.encode(), "vics")
    assert isinstance(row, Damage)
    assert "100 levels" in row.reason


def test_a_number_too_long_for_python_costs_its_entry() -> None:
    reading = read_bytes(f'[{{"MediaSize": {"9" * 10_000}}}, {{"MD5": "{MD5}"}}]'.encode(), "vics")
    assert len(bad(reading)) == 1
    assert len(good(reading)) == 1


@pytest.mark.parametrize("data", [b"MD5,Category\n1,2", b"", b"42", b"<xml/>"])
def test_what_is_no_json_is_told(data: bytes) -> None:
    with pytest.raises(HotlineError, match="this is no JSON document; check --format"):
        read_bytes(data, "vics")


KEYS = st.sampled_from(["Media", "value", "a", "b {", "MD5"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\{}[]:,\n\u00e9\u65e5', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


def wanted_of(value: Any, names: list[str | None]) -> list[Any]:
    """What the scanner must find, told by way of the whole document in memory."""
    if isinstance(value, dict):
        return [each for name, inner in value.items() for each in wanted_of(inner, [*names, name])]
    found: list[Any] = []
    for element in value if isinstance(value, list) else ():
        whole = isinstance(element, dict) and names[-1] == "Media" and "Media" not in element
        found += [element] if whole else wanted_of(element, [*names, None])
    return found


@given(
    document=st.dictionaries(KEYS, VALUES, max_size=4) | st.lists(VALUES, max_size=4),
    portion=st.sampled_from([1, 2, 3, 7, 64, 4096]),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_the_scanner_finds_what_stands_in_the_whole_document(
    document: Any, portion: int, indent: int | None, ascii_only: bool, mark: bytes
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    objects = Objects(
        io.BytesIO(mark + text.encode()), lambda names: names[-1] == "Media", lambda value: "Media" in value, portion
    )
    found = list(objects)
    assert [each.value for each in found] == wanted_of(document, [None])
    lines = text.split("\n")
    assert all("{" in lines[each.line - 1] for each in found)


@given(VALUES, st.integers(0, 200), st.sampled_from([1, 5, 4096]))
def test_the_scanner_ends_whatever_is_cut_off(value: Any, end: int, portion: int) -> None:
    data = json.dumps({"Media": [value, {"x": value}]}).encode()
    found = list(Objects(io.BytesIO(data[:end]), lambda names: names[-1] == "Media", lambda value: False, portion))
    assert (end >= len(data)) != any(each.is_end for each in found)
