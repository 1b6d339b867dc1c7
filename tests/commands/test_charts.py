"""How ``hotline metrics`` and the practice run draw time to removal."""

import io
from typing import Any

import pytest
from rich.console import Console

from commands.charts import band_text, draw_metrics, meanings, span_text, survival_chart


def group(name: str = "all", cases: int = 10, survival: Any = ((0.0, 1.0), (12.0, 0.5)), **more: Any) -> dict[str, Any]:
    """A group of the metrics document."""
    return {
        "group": name,
        "cases": cases,
        "removed": cases,
        "open": 0,
        "reappeared": 0,
        "unverifiable": 0,
        "referred_unknown": 0,
        "median_hours": 12.0,
        "median_ci95": [10.0, 14.0],
        "p90_hours": None,
        "within": {"24h": 0.5, "72h": None, "7d": None},
        "survival": [list(point) for point in survival],
        "band": None,
        "rounded": False,
        "later_episodes": {"count": 0, "removed": 0, "median_hours": None, "median_ci95": None},
        "rank": None,
        "remark": None,
    } | more


def drawn(*groups: dict[str, Any], encoding: str = "utf-8", width: int = 80) -> str:
    """What a person sees."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    draw_metrics({"definition": "first notice sent to removal", "groups": list(groups)}, Console(file=out, width=width))
    out.flush()
    return raw.getvalue().decode(encoding)


def test_the_definition_stands_before_the_figures() -> None:
    text = drawn(group())
    assert text.index("first notice sent to removal") < text.index("median") < text.index("share still online")


def test_a_figure_that_the_data_do_not_reach_is_a_dash() -> None:
    row = next(line for line in drawn(group()).splitlines() if line.split()[:1] == ["all"])
    assert row.split() == ["all", "10", "10", "0", "0", "12.0", "h", "10.0-14.0", "h", "-", "50%", "-", "-"]


@pytest.mark.parametrize(
    ("hours", "text"), [(None, "-"), (0.25, "0.2 h"), (47.9, "47.9 h"), (48.0, "2.0 d"), (400.2, "16.7 d")]
)
def test_long_times_are_told_in_days(hours: float | None, text: str) -> None:
    assert span_text(hours) == text


@pytest.mark.parametrize(
    ("band", "text"),
    [(None, "-"), ([27.0, 36.0], "27.0-36.0 h"), ([27.0, 60.0], "27.0 h-2.5 d"), ([27.0, None], "from 27.0 h")],
)
def test_an_open_band_says_so(band: list[float | None] | None, text: str) -> None:
    assert band_text(band) == text


def test_the_curve_starts_at_the_top_and_steps_down_where_the_share_falls() -> None:
    lines = [line.plain for line in survival_chart([group(survival=((0, 1), (12, 0.5), (24, 0.0)))])]
    rows = {line.split("┤")[0].strip(): line.split("┤")[1] for line in lines if "┤" in line}
    assert rows["100%"].startswith("━")
    assert "┗━" in rows["50%"]
    assert rows["0%"].rstrip().endswith("━")


def test_few_cases_that_stay_online_are_not_drawn_as_none() -> None:
    lines = [line.plain for line in survival_chart([group(survival=((0, 1), (12, 0.001)))])]
    assert next(line for line in lines if line.strip().startswith("0%")).split("┤")[1].strip() == ""


def test_a_group_without_a_removal_is_a_flat_line() -> None:
    lines = [line.plain for line in survival_chart([group(survival=((0, 1),))])]
    assert set(next(line for line in lines if "100%" in line).split("┤")[1].strip()) == {"━"}


def test_of_many_groups_the_four_largest_are_drawn_each_with_its_own_line() -> None:
    text = drawn(*(group(name, cases) for name, cases in (("NL", 5), ("US", 9), ("JP", 1), ("DE", 7), ("SE", 3))))
    legend = next(line for line in text.splitlines() if "(9)" in line)
    assert legend.split() == ["━━━", "US", "(9)", "───", "DE", "(7)", "═══", "NL", "(5)", "┄┄┄", "SE", "(3)"]
    assert "the 4 largest of 5 groups" in text


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    assert "share still online" in drawn(group(), encoding="ascii")


def test_what_the_columns_cannot_say_is_said_in_words() -> None:
    text = drawn(group(unverifiable=2), group("NL", referred_unknown=1), width=120)
    assert "2 of these cases could not be verified for thirty days" in text
    assert "1 of these cases went to another authority" in text


def test_without_a_case_there_is_a_sentence_instead_of_an_empty_chart() -> None:
    assert "no case has started this clock yet" in drawn()


def test_a_group_name_is_never_taken_for_markup() -> None:
    assert "[red]x" in drawn(group("[red]x"))


def test_ranked_groups_come_first_and_small_ones_are_not_ranked() -> None:
    text = drawn(group("AA", 3, remark="fewer"), group("BB", 30, rank=2), group("CC", 30, rank=1))
    rows = [line.split()[0] for line in text.splitlines() if line.split()[1:2] in (["3"], ["30"])]
    assert rows == ["CC", "BB", "AA"]
    assert "fewer than 20 cases are not ranked" in text


def test_re_uploads_have_a_line_of_their_own() -> None:
    later = {"count": 3, "removed": 2, "median_hours": 5.0, "median_ci95": [2.0, None]}
    text = drawn(group(later_episodes=later), width=200)
    assert "3 came back (re-uploads); 2 of these were removed again, median 5.0 h" in text
    assert "95 % band from 2.0 h" in text


def test_every_definition_is_printed_under_the_name_that_people_read() -> None:
    from takedown.removal_times import MEANINGS

    said = "\n".join(meanings({"definitions": MEANINGS}))
    assert all(text in said for text in MEANINGS.values())
    assert "median: the time by which half" in said


def test_the_band_of_a_single_curve_is_shaded_around_it() -> None:
    band = [[0.0, 1.0, 1.0], [10.0, 0.3, 0.8], [20.0, 0.1, 0.4]]
    one = [line.plain for line in survival_chart([group(survival=((0, 1), (10, 0.5), (20, 0.2)), band=band)])]
    assert sum(line.count("·") for line in one) > 20
    two = [group(name, survival=((0, 1), (10, 0.5)), band=band) for name in "AB"]
    assert not any("·" in line.plain for line in survival_chart(two))


@pytest.mark.parametrize("width", [30, 50, 60, 72])
def test_in_a_narrow_terminal_every_figure_is_whole_and_has_its_name(width: int) -> None:
    text = drawn(group(), group("a-provider-of-some-length.example"), width=width)
    assert text.count("median: 12.0 h") == text.count("95 % band: 10.0-14.0 h") == text.count("7d: -") == 2
    assert "\u2026" not in text


def test_where_there_is_room_a_group_is_one_line_of_a_table() -> None:
    assert "median: 12.0 h" not in drawn(group(), width=80)
