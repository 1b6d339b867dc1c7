"""``hotline metrics`` in all its forms, as a coordinator says it."""

import csv
import io

import pytest
from contract_shapes import METRICS, faults
from hotline_shell import Shell


def test_every_grouping_and_clock_gives_the_contracts_document(notified: Shell) -> None:
    for by in ("provider", "country", "asn", "tld", "language", "rung"):
        assert not faults(METRICS, notified.json("metrics", "--by", by)), by
    for clock in ("report", "confirmation", "authority", "notice", "answer"):
        assert not faults(METRICS, notified.json("metrics", "--clock", clock, "--without-embargo")), clock


def test_groups_go_into_a_spreadsheet_and_a_picture(notified: Shell) -> None:
    said = notified.say("metrics", "--by", "country", "--csv", "-")
    assert [row["group"] for row in csv.DictReader(io.StringIO(said.out))] == ["DE", "SE"]
    assert notified.say("metrics", "--plot", "curve.svg", "--csv", "groups.csv").err == (
        "written: curve.svg\nwritten: groups.csv\n"
    )
    again = notified.say("metrics", "--plot", "curve.svg", status=2)
    assert "say --overwrite" in again.complaint
    assert notified.say("metrics", "--plot", "curve.svg", "--overwrite", "--json").json["groups"]


def test_two_groups_are_compared(notified: Shell) -> None:
    found = notified.json("metrics", "--by", "country", "--compare", "DE, SE")["comparison"]
    assert (found["groups"], found["p_value"]) == (["DE", "SE"], None)
    assert "nothing can be said of DE and SE" in notified.say("metrics", "--by", "country", "--compare", "DE,SE").out


def test_a_score_card_for_people_and_for_programs(notified: Shell) -> None:
    name = notified.json("metrics", "--by", "provider")["groups"][0]["group"]
    card = notified.json("metrics", "--card", name)
    assert (card["provider"], card["clocks"]["notice"]["group"]) == (name, name)
    assert "1 notice left: 0 answered" in notified.say("metrics", "--card", name).out


def test_what_each_figure_means_stands_under_the_table(notified: Shell) -> None:
    said = notified.say("metrics").out
    assert "unverifiable: of the open and reappeared ones: no look could tell for 30 days" in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--compare NL,SE", "--by"),
        ("--by country --compare NL", "A,B"),
        ("--by country --compare NL,XX", "no group"),
        ("--card nobody", "no provider is called 'nobody'"),
        ("--card x --by tld", "page of its own"),
        ("--csv - --json", "standard output"),
        ("--plot curve.pdf", ".svg or .png"),
        ("--plot missing/curve.svg", "cannot be written"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(notified: Shell, words: str, why: str) -> None:
    assert why in notified.say("metrics", *words.split(), status=2).complaint
