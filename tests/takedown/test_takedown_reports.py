"""Files of confirmed reports: the good rows are kept, the broken ones named by the line at which they start."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.errors import HotlineError
from hotline.words import Classification
from takedown.reports import COLUMNS, BrokenRow, ConfirmedReport, read

HEADER = "url,confirmed_by,classification,note"
GOOD = "http://meadow.example/a,ana;ben,baseline,"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "confirmed.csv"


def rows(file: Path, *lines: str, header: str = HEADER, end: str = "\n") -> list[ConfirmedReport | BrokenRow]:
    file.write_bytes(end.join([header, *lines, ""]).encode())
    return read(file)


def broken(found: list[ConfirmedReport | BrokenRow]) -> dict[int, str]:
    return {row.line: row.reason for row in found if isinstance(row, BrokenRow)}


def kept(found: list[ConfirmedReport | BrokenRow]) -> dict[int, str]:
    return {row.line: row.url.text for row in found if isinstance(row, ConfirmedReport)}


def test_a_row_with_everything(file: Path) -> None:
    values = {
        "url": "HTTP://Meadow.Example:80/a b?q=%41#part", "page": "http://forum.example/t/1",
        "referrer": "http://search.example/?q=x", "sha256": "AB" * 32, "reference": "R-1", "source": "partner",
        "reported_at": "2029-12-31T23:00:00+01:00", "confirmed_by": "ana; ben ;ana", "confirmed_at": "2030-01-01",
        "classification": " Baseline ", "embargo_until": "2030-02-01T00:00:00Z", "note": "a note",
    }  # fmt: skip
    assert set(values) == set(COLUMNS)
    (row,) = rows(file, ",".join(values.values()), header=",".join(values))
    assert isinstance(row, ConfirmedReport)
    assert row.line == 2
    assert row.url.text == "http://meadow.example/a%20b?q=%41"
    assert row.page is not None and row.page.host == "forum.example"
    assert row.referrer is not None and row.referrer.host == "search.example"
    assert row.sha256 == "ab" * 32
    assert (row.reference, row.source, row.note) == ("R-1", "partner", "a note")
    assert row.reported_at == datetime(2029, 12, 31, 22, tzinfo=UTC)
    assert row.confirmed_at == datetime(2030, 1, 1, tzinfo=UTC)
    assert row.embargo_until == datetime(2030, 2, 1, tzinfo=UTC)
    assert row.confirmed_by == ("ana", "ben")
    assert row.classification is Classification.BASELINE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_change_nothing(file: Path, end: str, mark: str) -> None:
    found = rows(file, GOOD, "", GOOD, header=mark + HEADER, end=end)
    assert list(kept(found)) == [2, 4]


def test_json_lines_give_the_same_rows(file: Path) -> None:
    first = {"url": "http://meadow.example/a", "confirmed_by": ["ana", "ben"], "classification": "baseline",
             "page": "", "note": None, "reference": 17}  # fmt: skip
    second = first | {"note": "a sign that ends no line: \u2028 nor this \x85", "url": "http://meadow.example/b"}
    lines = [json.dumps(first), "", json.dumps(second, ensure_ascii=False), '{"url": ', "[1]", "7", "[" * 100_000]
    file.write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    found = read(file)
    assert kept(found) == {1: "http://meadow.example/a", 3: "http://meadow.example/b"}
    row = found[0]
    assert isinstance(row, ConfirmedReport)
    assert (row.page, row.reference, row.confirmed_by) == (None, "17", ("ana", "ben"))
    assert broken(found) == {
        4: "not valid JSON", 5: "not a JSON object", 6: "not a JSON object", 7: "not valid JSON",
    }  # fmt: skip


def test_a_quoted_field_may_hold_lines_and_the_row_is_named_by_its_first(file: Path) -> None:
    found = rows(
        file,
        'http://meadow.example/a,ana;ben,baseline,"two\nlines, and ""quotes"""',
        "http://meadow.example/b,ana;ben,nonsense,",
        'http://meadow.example/c,ana;ben,other,"three\r\n\r\nlines"',
        GOOD,
    )
    assert kept(found) == {2: "http://meadow.example/a", 8: "http://meadow.example/a"}
    first = found[0]
    assert isinstance(first, ConfirmedReport) and first.note == 'two\nlines, and "quotes"'
    assert sorted(broken(found)) == [4, 5]


def test_a_quote_that_is_never_closed_costs_its_own_row_only(file: Path) -> None:
    found = rows(file, GOOD, 'http://meadow.example/b,ana;ben,baseline,"never closed', GOOD, GOOD)
    assert list(kept(found)) == [2, 4, 5]
    assert broken(found) == {3: "a quote is opened and never closed"}


def test_a_forgotten_quote_is_not_closed_by_the_next_one_of_the_file(file: Path) -> None:
    found = rows(
        file, 'http://meadow.example/b,ana;ben,baseline,"forgotten', GOOD, GOOD,
        'http://meadow.example/c,ana;ben,baseline,"well closed"', GOOD,
    )  # fmt: skip
    assert list(kept(found)) == [3, 4, 5, 6]
    assert list(broken(found)) == [2]


def test_stray_quotes_in_one_line_are_read_as_spreadsheets_do(file: Path) -> None:
    (row,) = rows(file, 'http://meadow.example/a,ana;ben,baseline,"a "word" here"')
    assert isinstance(row, ConfirmedReport) and row.note == 'a word" here"'


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("url,confirmed_by,classification,colour", "unknown column 'colour'"),
        ("url,confirmed_by", "the column classification is missing"),
        ("url,classification", "the column confirmed_by is missing"),
        ("confirmed_by,classification", "the column url is missing"),
        ("url,url,confirmed_by,classification", "the column url stands there twice"),
        ("url,,confirmed_by,classification", "unknown column"),
        ('url,"confirmed_by', "the header cannot be read"),
    ],
)
def test_a_wrong_header_is_refused_by_name(file: Path, header: str, words: str) -> None:
    with pytest.raises(HotlineError, match=words):
        rows(file, GOOD, header=header)


def test_an_unknown_key_of_json_lines_is_refused_by_name(file: Path) -> None:
    file.write_text('{"url": "http://meadow.example/"}\n{"urls": "http://meadow.example/"}\n')
    with pytest.raises(HotlineError, match="line 2: unknown column 'urls'"):
        read(file)


def test_a_file_without_a_header_is_refused_without_repeating_its_url(file: Path) -> None:
    with pytest.raises(HotlineError, match="is the header missing") as refused:
        rows(file, header=GOOD)
    assert "meadow" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n"])
def test_an_empty_file_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(HotlineError, match="the file is empty"):
        read(file)


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(HotlineError, match="cannot be read"):
        read(file)
    with pytest.raises(HotlineError, match="cannot be read"):
        read(file.parent)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"url": ""}, "url is empty"),
        ({"url": "javascript:alert(1)"}, "another scheme than http or https"),
        ({"url": "ftp://meadow.example/a"}, "another scheme than http or https"),
        ({"url": "http://ana:secret@meadow.example/"}, "credentials in the URL"),
        ({"url": "meadow.example/a"}, "not a URL"),
        ({"page": "file:///etc/hosts"}, "page: another scheme"),
        ({"referrer": "http://"}, "referrer:"),
        ({"sha256": "abc"}, "sha256 is not 64 hexadecimal digits"),
        ({"sha256": "g" * 64}, "sha256 is not 64 hexadecimal digits"),
        ({"confirmed_by": ""}, "confirmed_by is empty"),
        ({"confirmed_by": " ; "}, "confirmed_by is empty"),
        ({"classification": ""}, "classification is empty"),
        ({"classification": "severe"}, "unknown classification 'severe'"),
        ({"reported_at": "yesterday"}, "reported_at is not an ISO 8601 time"),
        ({"confirmed_at": "2030-13-01"}, "confirmed_at is not an ISO 8601 time"),
        ({"embargo_until": "0001-01-01T00:00:00+23:00"}, "embargo_until is not an ISO 8601 time"),
    ],
)
def test_a_broken_row_is_named_and_the_others_are_kept(file: Path, columns: dict[str, str], words: str) -> None:
    plain = {"url": "http://meadow.example/x", "confirmed_by": "ana;ben", "classification": "baseline"}
    good = dict.fromkeys(COLUMNS, "") | plain
    bad = good | columns
    found = rows(file, *(",".join(row.values()) for row in (good, bad, good)), header=",".join(good))
    assert list(kept(found)) == [2, 4]
    assert words in broken(found)[3]
    assert "meadow" not in broken(found)[3]


def test_too_many_fields_are_a_broken_row_and_too_few_leave_the_rest_empty(file: Path) -> None:
    found = rows(file, GOOD + ",more", "http://meadow.example/b,ana;ben,baseline", "http://meadow.example/c")
    assert list(kept(found)) == [3]
    assert broken(found) == {
        2: "5 fields, but the header has 4", 4: "confirmed_by is empty; no seed without confirmation",
    }  # fmt: skip


def test_a_row_that_is_not_utf_8_is_named_by_its_column(file: Path) -> None:
    bad = b"http://meadow.example/b,ana;ben,baseline,caf\xe9"
    file.write_bytes(b"\n".join([HEADER.encode(), GOOD.encode(), bad, GOOD.encode()]))
    found = read(file)
    assert list(kept(found)) == [2, 4]
    assert broken(found) == {3: "note is not UTF-8"}


def test_a_field_beyond_all_measure_costs_its_own_row(file: Path) -> None:
    found = rows(file, GOOD, GOOD + "x" * 200_000, GOOD)
    assert list(kept(found)) == [2, 4]
    assert list(broken(found)) == [3]


def _read_or_refuse(file: Path, content: bytes) -> list[ConfirmedReport | BrokenRow] | None:
    file.write_bytes(content)
    try:
        return read(file)
    except HotlineError:
        return None


relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
signs = st.text(alphabet='ab,;"\n\r\x85\u2028{}[]:/\\ \t0é\x00\x1c', max_size=60)


@relaxed
@given(st.binary(max_size=120) | signs.map(lambda text: text.encode()))
def test_no_content_raises_anything_but_our_own_error(file: Path, content: bytes) -> None:
    _read_or_refuse(file, content)
    _read_or_refuse(file, b"{" + content)


@relaxed
@given(signs)
def test_after_a_good_header_every_row_is_a_report_or_named(file: Path, body: str) -> None:
    found = _read_or_refuse(file, f"{HEADER}\n{body}\n{GOOD}\n".encode())
    assert found is not None
    lines = f"{body}\n{GOOD}\n".replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbers = [row.line for row in found]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= len(lines)
    if '"' not in body:
        assert numbers == [i for i, line in enumerate(lines, 2) if line.strip()]
        assert isinstance(found[-1], ConfirmedReport)


cells = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)


@relaxed
@given(
    st.lists(st.dictionaries(st.sampled_from(COLUMNS), cells | st.none() | st.integers() | st.lists(cells)), max_size=6)
)
def test_every_json_object_is_a_report_or_named_by_its_line(file: Path, objects: list[dict[str, object]]) -> None:
    lines = [json.dumps(each, ensure_ascii=bool(i % 2)) for i, each in enumerate(objects)]
    found = _read_or_refuse(file, "\n".join(lines).encode())
    assert found is None or [row.line for row in found] == list(range(1, len(objects) + 1))
    assert found is not None or not objects
