"""The XML of a hash exchange, in the shapes that NCMEC's own interface gives."""

import io
from typing import Any

import pytest

from crawler.hashlists.formats import BadRow, Damage, ListRow, Reading, Withdrawal, read_bytes
from crawler.hashlists.formats.ncmec import Paging, rows
from hotline.errors import HotlineError

MD5, SHA1, PDQ = "c" * 32, "b" * 40, "d" * 64
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPACE = 'xmlns="https://hashsharing.ncmec.org/hashsharing/v2"'
IMAGE = f"""<image>
    <member id="42">Meadow desk</member>
    <timestamp>2030-01-01T15:00:00Z</timestamp>
    <id>image1</id>
    <classification>A1</classification>
    <fingerprints>
        <md5>{MD5.upper()}</md5>
        <sha1>{SHA1}</sha1>
        <pdna>a1a1a1...</pdna>
    </fingerprints>
    <feedback lastUpdateTimestamp="2030-01-01T12:48:14Z">
        <affirmativeFeedback type="Md5"><members><member id="7">River desk</member></members></affirmativeFeedback>
    </feedback>
</image>"""
DELETED = """<deletedImage>
    <member id="43">Hill desk</member>
    <id>image4</id>
    <timestamp>2030-01-01T15:10:00Z</timestamp>
</deletedImage>"""
VIDEO = f"""<video><member id="42">Meadow desk</member><id>image1</id>
    <fingerprints><md5>{MD5}</md5><tmk-pdqf rel="self" href="/v2/entries/1/fingerprints/TMK_PDQF"/></fingerprints>
</video>"""


def document(images: str = "", videos: str = "", paging: str = "") -> str:
    return (
        f'{HEAD}<queryResult {SPACE}>\n<images count="2" maxTimestamp="2030-01-01T15:10:00Z">\n{images}\n</images>\n'
        f'<videos count="1" maxTimestamp="2030-01-01T15:20:00Z">\n{videos}\n</videos>\n{paging}</queryResult>'
    )


def ncmec(text: str) -> Reading:
    return read_bytes(text.encode(), "ncmec")


def test_entries_of_images_and_videos() -> None:
    image, video = ncmec(document(IMAGE, VIDEO))
    assert image == ListRow(
        4, md5=MD5, sha1=SHA1, scheme="ncmec A1", category="A1", source_id="42:image:image1", lasting=True
    )
    assert video == ListRow(20, md5=MD5, source_id="42:video:image1", lasting=True)


def test_a_deleted_entry_is_a_withdrawal_of_its_id() -> None:
    assert list(ncmec(document(DELETED))) == [Withdrawal(4, "43:image:image4")]


def test_a_name_space_of_another_environment_is_read_alike() -> None:
    assert len(list(ncmec(document(IMAGE).replace(SPACE, 'xmlns="urn:other"')))) == 1
    assert len(list(ncmec(document(IMAGE).replace(SPACE, "")))) == 1


@pytest.mark.parametrize(
    ("fingerprints", "told"),
    [
        ("<pdna>abc</pdna>", "no digest of a kind that is known, only pdna (id 42:image:i)"),
        ('<netclean available="true"/><md5></md5>', "no digest of a kind that is known, only netclean, md5"),
        ("", "no digest (id 42:image:i)"),
        ("<md5>abc</md5>", "md5 has 3 digits, not 32"),
        ("<sha1>zz</sha1>", "sha1 is not hexadecimal"),
    ],
)
def test_an_entry_without_a_digest_of_ours_is_a_bad_row(fingerprints: str, told: str) -> None:
    entry = f'<image><member id="42">M</member><id>i</id><fingerprints>{fingerprints}</fingerprints></image>'
    bad, good = ncmec(document(entry + "\n" + IMAGE))
    assert isinstance(bad, BadRow)
    assert bad.line == 4
    assert told in bad.reason
    assert isinstance(good, ListRow)


def test_an_entry_without_an_id_is_kept_but_nothing_can_withdraw_it() -> None:
    (row,) = ncmec(document(f"<image><fingerprints><md5>{MD5}</md5></fingerprints></image>"))
    assert row == ListRow(4, md5=MD5)
    (bad,) = ncmec(document("<deletedImage><timestamp>x</timestamp></deletedImage>"))
    assert isinstance(bad, BadRow)


def test_lines_hold_far_down_in_a_file() -> None:
    text = document("\n".join([IMAGE] * 5000))
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line == "<image>"]
    assert starts[-1] > 2**16
    assert [row.line for row in ncmec(text)] == starts


@pytest.mark.parametrize("keep", [0.4, 0.8, 0.99])
def test_a_file_that_is_cut_off_keeps_what_is_before_the_cut(keep: float) -> None:
    text = document("\n".join([IMAGE] * 50))
    text = text[: int(len(text) * keep)]
    found: list[Any] = list(ncmec(text))
    assert len(found) - 1 == text.count("</image>")
    assert isinstance(found[-1], Damage)
    assert found[-1].line == text.count("\n") + 1


def test_an_element_that_is_closed_by_another_name_is_the_end() -> None:
    *good, damage = ncmec(document(f"{IMAGE}\n<image><id>x</image>\n{IMAGE}"))
    assert len(good) == 1
    assert isinstance(damage, Damage)
    assert damage.line == 18
    assert "mismatch" in damage.reason


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE q SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_a_document_type_is_refused(bomb: str) -> None:
    text = document(IMAGE).replace("<queryResult", bomb + "<queryResult").replace("A1", "&a;")
    with pytest.raises(HotlineError, match="document type"):
        ncmec(text)


@pytest.mark.parametrize("odd", ["<x>&nothing;</x>", "&nothing;", "<!-- a --><?b c?>"])
def test_odd_parts_of_an_entry_cost_at_most_what_follows(odd: str) -> None:
    found = list(ncmec(document(IMAGE + "\n" + IMAGE.replace("</fingerprints>", f"{odd}</fingerprints>"))))
    assert isinstance(found[0], ListRow)
    assert len(found) == 2


def test_a_fault_that_does_not_end_the_reading_is_told_by_its_line() -> None:
    first, second, damage = ncmec(document(IMAGE.replace("<feedback", "<a:b/><feedback") + "\n" + IMAGE))
    assert isinstance(first, ListRow) and isinstance(second, ListRow)
    assert isinstance(damage, Damage)
    assert damage.line == 14


def test_a_cut_far_down_in_a_file_is_told_by_its_line() -> None:
    text = document("\n".join([IMAGE] * 5000)).partition("</images>")[0]
    *_, damage = ncmec(text)
    assert isinstance(damage, Damage)
    assert damage.line == text.count("\n") + 1


def test_a_bomb_of_depth_is_damage() -> None:
    found = list(ncmec(f"<queryResult>{'<a>' * 100_000}"))
    assert isinstance(found[-1], Damage)


def test_an_entry_with_endless_parts_costs_itself() -> None:
    parts = "<part/>" * 30_000
    bad, good = ncmec(document(f"<image><feedback>{parts}</feedback></image>\n{IMAGE}"))
    assert isinstance(bad, BadRow)
    assert "20000 elements" in bad.reason
    assert isinstance(good, ListRow)


@pytest.mark.parametrize("text", ["", "md5\n" + MD5, '{"value": []}', "<html></html>", "<status></status>"])
def test_what_is_no_list_of_entries_is_told(text: str) -> None:
    with pytest.raises(HotlineError, match="--format"):
        ncmec(text)


def test_a_page_tells_where_the_next_one_is() -> None:
    text = document(IMAGE, paging="<paging><next>/v2/entries?from=a&amp;start=2001</next></paging>")
    paging = Paging()
    assert len(list(rows(io.BytesIO(text.encode()), paging))) == 1
    assert paging == Paging("/v2/entries?from=a&start=2001", "2030-01-01T15:20:00Z", True)
