"""Hash lists as others write them, and what is kept of them."""

from pathlib import Path

import pytest

from crawler.hashlists.formats import BadRow, ListRow, Reading, read, read_bytes
from crawler.hashlists.index import ListIndex
from crawler.hashlists.store import import_rows
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.words import Classification, ListKind

SHA256, SHA1, MD5, PDQ = "a" * 64, "b" * 40, "c" * 32, "d" * 64


def good(reading: Reading) -> list[ListRow]:
    return [row for row in reading if isinstance(row, ListRow)]


def bad(reading: Reading) -> dict[int, str]:
    return {row.line: row.reason for row in reading if isinstance(row, BadRow)}


def csv(*lines: str, end: str = "\n") -> Reading:
    return read_bytes((end.join(lines) + end).encode(), "csv")


def test_columns_are_told_by_name_whatever_their_case_and_order() -> None:
    reading = csv("Label,SHA-256,MD5,filesize,classification,colour", f"x,{SHA256.upper()},{MD5},12,Baseline,blue")
    (row,) = good(reading)
    assert (row.sha256, row.md5, row.length, row.label) == (SHA256, MD5, 12, "x")
    assert row.classification is Classification.BASELINE
    assert reading.ignored == ["colour"]


def test_another_scheme_s_classification_is_nobody_s() -> None:
    (row,) = good(csv("sha256,classification,scheme,category", f"{SHA256},severe,icse,1"))
    assert (row.classification, row.scheme) == (None, "icse 1")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_line_ends_and_byte_order_marks(delimiter: str, end: str) -> None:
    text = f"sha256{delimiter}length{end}{SHA256}{delimiter}5{end}"
    for prefix in (b"", b"\xef\xbb\xbf"):
        (row,) = good(read_bytes(prefix + text.encode(), "csv"))
        assert (row.sha256, row.length, row.line) == (SHA256, 5, 2)


def test_a_column_of_kinds_beside_one_of_digests() -> None:
    rows = good(csv("signal_type,hash", f"photo_md5,{MD5}", f"PDQ,{PDQ}", f"sha-1,{SHA1}"))
    assert [(row.md5, row.pdq, row.sha1) for row in rows] == [(MD5, None, None), (None, PDQ, None), (None, None, SHA1)]


def test_without_a_header_the_length_or_the_word_before_it_tells() -> None:
    reading = csv(SHA256, SHA1, MD5, f"pdq:{PDQ}", f"md5,{MD5}", "zz", SHA256[:-1])
    assert [row.line for row in good(reading)] == [1, 2, 3, 4, 5]
    assert good(reading)[3].pdq == PDQ
    assert set(bad(reading)) == {6, 7}


def test_a_first_row_of_kind_and_digest_is_no_header() -> None:
    assert [row.sha256 for row in good(csv(f"sha256,{SHA256}", f"sha256,{SHA256[::-1]}"))] == [SHA256, SHA256]


def test_broken_rows_are_named_by_line_and_the_others_kept() -> None:
    reading = csv("sha256,md5", f"{SHA256},", "", ",", f"{SHA256[:-1]},", f"{'g' * 64},", f",{MD5}", f"{SHA256},{MD5}0")
    assert [row.line for row in good(reading)] == [2, 7]
    assert set(bad(reading)) == {3, 4, 5, 6, 8}
    assert bad(reading)[3] == "empty row"
    assert "63 digits" in bad(reading)[5]


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    reading = csv("label,sha256", f'"open,{SHA256}', f"b,{SHA256}", f'"two\nlines",{SHA256}', f"c,{SHA256}")
    assert bad(reading) == {2: "a quote is opened and never closed"} or set(bad(reading)) == {2}
    assert [row.line for row in good(reading)][-1] == 6


def test_pdq_lines_with_and_without_quality() -> None:
    reading = read_bytes(f"{PDQ}\n{PDQ.upper()},100\n\n{PDQ[:-2]}\npdq:{PDQ}\n".encode(), "pdq")
    assert [row.pdq for row in good(reading)] == [PDQ, PDQ, PDQ]
    assert set(bad(reading)) == {3, 4}


def test_an_unknown_format_is_told_with_those_that_are_known() -> None:
    with pytest.raises(HotlineError, match="csv, vics, ncmec, pdq"):
        read_bytes(b"{}", "xlsx")


def test_a_column_of_another_name_is_what_the_operator_says() -> None:
    data = f"Their Name;Size on disk;sha256\n{SHA256};12;{SHA256[::-1]}x\n".encode()
    (row,) = good(read_bytes(data, "csv", {"their name": "sha256", "Size on disk": "length"}))
    assert (row.sha256, row.length) == (SHA256, 12)


def test_what_the_operator_says_of_a_column_overrules_its_name() -> None:
    (row,) = good(read_bytes(f"sha256,mine\n{SHA256},{SHA256[::-1]}\n".encode(), "csv", {"mine": "sha256"}))
    assert row.sha256 == SHA256[::-1]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"Theirs": "sha512"}, "sha512"),
        ({"Nowhere": "md5"}, "no column 'Nowhere'; there are: 'Theirs', 'x'"),
        ({"x": "label"}, "no column of digests"),
    ],
)
def test_a_column_that_cannot_be_is_told(columns: dict[str, str], told: str) -> None:
    with pytest.raises(HotlineError, match=told):
        read_bytes(f"Theirs,x\n{SHA256},y\n".encode(), "csv", columns)


def test_only_csv_has_columns() -> None:
    with pytest.raises(HotlineError, match="pdq"):
        read_bytes(PDQ.encode(), "pdq", {"x": "pdq"})


def test_lines_of_signal_type_and_value_with_tags_after_them() -> None:
    reading = csv(f"pdq {PDQ} tag another", f"md5,{MD5}", f"video_md5 {MD5}", "video_tmk abcdef", "raw_text some words")
    assert [(row.pdq, row.md5) for row in good(reading)] == [(PDQ, None), (None, MD5), (None, MD5)]
    assert bad(reading)[4] == "a kind of digest that is not known: video_tmk"
    assert bad(reading)[5] == "a kind of digest that is not known: raw_text"


def test_an_unknown_signal_type_of_a_column_is_named() -> None:
    reading = csv("signal_type,value", f"pdq,{PDQ}", f"trend_query,{MD5}")
    assert len(good(reading)) == 1
    assert bad(reading) == {3: "a kind of digest that is not known: trend_query"}


def test_a_line_without_an_end_costs_itself_and_no_memory() -> None:
    reading = csv("sha256,label", f"{SHA256},{'x' * 200_000}", f"{SHA256},y")
    assert bad(reading) == {2: "the line is longer than 65536 signs"}
    assert [row.line for row in good(reading)] == [3]


def test_a_cell_that_csv_cannot_hold_is_a_bad_row() -> None:
    long = "\n".join(["x" * 60_000] * 4)
    reading = csv("sha256,label", f'{SHA256},"{long}"', f"{SHA256},y")
    assert "larger than field limit" in bad(reading)[2]
    assert [row.line for row in good(reading)] == [6]


def test_signs_that_are_no_utf_8_cost_nothing() -> None:
    (row,) = good(read_bytes(b"sha256,label\n" + SHA256.encode() + b",caf\xe9\n", "csv"))
    assert row.label == "caf\ufffd"


def test_a_list_is_read_while_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "endless.csv"
    file.write_text("sha256\n" + f"{SHA256}\n" * 1000)
    rows = iter(read(file, "csv"))
    assert next(rows) == ListRow(2, sha256=SHA256)
    with file.open("a") as more:
        more.write(f"{SHA256}\n" * 100_000)
    assert sum(1 for _ in rows) == 100_999


@pytest.mark.parametrize("text", ["", "name,colour\nx,y\n"])
def test_a_file_without_digests_is_refused(text: str) -> None:
    with pytest.raises(HotlineError):
        read_bytes(text.encode(), "csv")


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="nothing\\.csv"):
        read(tmp_path / "nothing.csv", "csv")


def test_the_same_row_twice_is_known(home: Home) -> None:
    reading = csv("sha256,md5", f"{SHA256},{MD5}", f"{SHA256},{MD5}", f"{SHA256},", "x,")
    with home.session() as session:
        first = import_rows(session, "ours", ListKind.ILLEGAL, reading, home.now())
    with home.session() as session:
        again = import_rows(session, "ours", None, reading, home.now())
    assert (first.added, first.known, [row.line for row in first.rejected]) == (2, 1, [5])
    assert (again.added, again.known) == (0, 3)
    with home.reading() as session:
        assert ListIndex.load(home, session).size == 2


def test_a_list_does_not_change_its_kind(home: Home) -> None:
    with home.session() as session:
        import_rows(session, "ours", ListKind.HARMLESS, csv(SHA256), home.now())
    with home.session() as session, pytest.raises(HotlineError, match="harmless"):
        import_rows(session, "ours", ListKind.ILLEGAL, csv(SHA1), home.now())


def test_a_table_whose_names_mean_nothing_is_told_of_what_was_not_read() -> None:
    rows = list(csv("Theirs;Picture", f"{SHA256};{PDQ}", f"{'b' * 64};{PDQ}"))
    assert [row.sha256 for row in rows if isinstance(row, ListRow)] == [SHA256, "b" * 64]
    (bad,) = [row for row in rows if isinstance(row, BadRow)]
    assert bad.line == 1 and "--column" in bad.reason and "only the first digest" in bad.reason
