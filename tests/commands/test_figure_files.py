"""The figures of ``hotline metrics`` as files: nothing is lost by mistake, nothing is a formula, nothing calls out."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from test_charts import group

from commands.figure_files import COLUMNS, csv_text, write_csv, write_plot
from commands.plots import description, drawn
from hotline.errors import HotlineError

SVG = "{http://www.w3.org/2000/svg}"


def document(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"definition": "first notice sent to removal", "groups": list(groups)}


BAND = [[0.0, 1.0, 1.0], [12.0, 0.4, 0.6], [60.0, 0.2, 0.5]]
TWO = document(group("NL", 30, band=BAND), group("Meadow $x_1$ <b>&", 20, survival=((0.0, 1.0), (60.0, 0.25))))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_group_is_a_row_and_what_the_data_do_not_reach_is_empty() -> None:
    (row,) = rows(csv_text(document(group(rank=1))))
    assert tuple(row) == COLUMNS
    assert (row["group"], row["cases"], row["median_hours"], row["median_low"], row["p90_hours"]) == (
        "all", "10", "12.0", "10.0", "",
    )  # fmt: skip
    assert (row["within_24h"], row["within_7d"], row["definition"]) == ("0.5", "", "first notice sent to removal")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"])
def test_no_name_is_a_formula(name: str) -> None:
    (row,) = rows(csv_text(document(group(name))))
    assert row["group"].startswith("'")


def test_a_file_that_is_there_is_left_alone_unless_that_is_said(tmp_path: Path) -> None:
    for write, file in ((write_plot, tmp_path / "a.svg"), (write_csv, tmp_path / "a.csv")):
        file.write_text("mine")
        target: Any = file if write is write_plot else str(file)
        with pytest.raises(HotlineError, match="--overwrite"):
            write(TWO, target, False)
        assert file.read_text() == "mine"
        write(TWO, target, True)
        assert file.read_text() != "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "a.svg"]


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="cannot be written"):
        write_csv(TWO, str(tmp_path / "none" / "a.csv"), False)
    with pytest.raises(HotlineError, match=r"\.svg or \.png"):
        write_plot(TWO, tmp_path / "a.pdf", False)


def test_the_same_figures_make_the_same_picture() -> None:
    for kind in ("svg", "png"):
        assert drawn(TWO, kind) == drawn(TWO, kind)
    assert drawn(TWO, "png").startswith(b"\x89PNG")


def test_a_picture_tells_what_it_shows_and_points_nowhere() -> None:
    svg = drawn(TWO, "svg")
    root = etree.fromstring(svg)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == "Time to removal: first notice sent to removal"
    assert "NL: 30 cases, median 12.0 h, 95 % band 10.0-14.0 h" in desc.text
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "chart-title chart-desc")
    assert {title.get("id"), desc.get("id")} == {"chart-title", "chart-desc"}
    assert b"DOCTYPE" not in svg and b"metadata" not in svg
    assert not list(root.iter(f"{SVG}image", f"{SVG}script", f"{SVG}foreignObject"))
    links = [value for each in root.iter() for name, value in each.attrib.items() if name.endswith("href")]
    assert all(link.startswith("#") for link in links)


def test_a_name_of_somebody_elses_is_text_in_a_picture() -> None:
    texts = "".join(etree.fromstring(drawn(TWO, "svg")).itertext())
    assert "Meadow $x_1$ <b>&" in texts


def test_without_a_case_the_picture_says_so() -> None:
    assert description([]) == "No case has started this clock yet."
    assert b"<svg" in drawn(document(), "svg")
