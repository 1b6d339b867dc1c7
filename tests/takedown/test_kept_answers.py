"""Registries' answers in the database: sealed, found by what they cover, however many commands write."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from homes import START
from sqlalchemy import event, text

from hotline.home import Home
from takedown import kept_answers
from takedown.kept_answers import KeptAnswers


def keep(home: Home, kind: str, key: str, text: str, at: datetime) -> None:
    """What another command keeps."""
    answers = KeptAnswers(home)
    answers.put(kind, key, text, at)
    answers.flush()


def test_the_answers_that_there_are_come_with_one_question(practice_home: Home) -> None:
    keep(practice_home, "rdap:ip", "198.51.100.0/24", "one", START)
    keep(practice_home, "rdap:up", "198.51.0.0/16", "other kind", START)
    keys = [f"198.51.{each}.0/24" for each in range(128)]
    asked = []
    event.listen(practice_home.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    found = KeptAnswers(practice_home).get("rdap:ip", keys)
    assert {key: (kept.text, kept.at) for key, kept in found.items()} == {"198.51.100.0/24": ("one", START)}
    assert len([each for each in asked if "registry_answer" in each]) == 1


def test_a_newer_answer_takes_the_place_of_an_older_one_for_other_commands_too(practice_home: Home) -> None:
    one, other = KeptAnswers(practice_home), KeptAnswers(practice_home)
    one.put("rdap:ip", "key", "first", START)
    assert one.get("rdap:ip", ["key"])["key"].text == "first"
    assert other.get("rdap:ip", ["key"]) == {}, "written when the work is done"
    one.flush()
    assert other.get("rdap:ip", ["key"])["key"].text == "first"
    one.put("rdap:ip", "key", "second", START + timedelta(days=1))
    assert one.get("rdap:ip", ["key"])["key"].text == "second"
    one.flush()
    assert other.get("rdap:ip", ["key"])["key"].text == "second"


def test_neither_the_key_nor_the_answer_stands_in_clear(practice_home: Home) -> None:
    keep(practice_home, "rdap:ip", "198.51.100.0/24", "abuse@north.example", START)
    with practice_home.session() as session:
        rows = str(session.execute(text("select * from registry_answer")).all())
    assert "198.51" not in rows
    assert "north.example" not in rows


def test_two_commands_that_learn_the_same_at_once_both_go_on(practice_home: Home) -> None:
    both = threading.Barrier(2)
    faults: list[BaseException] = []

    def keep(each: int) -> None:
        answers = KeptAnswers(practice_home)
        both.wait()
        try:
            for key in range(30):
                answers.put("rdap:ip", str(key), f"by {each}", START)
                answers.flush()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=keep, args=(each,)) for each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
    assert len(KeptAnswers(practice_home).get("rdap:ip", [str(key) for key in range(30)])) == 30


def test_a_row_that_another_command_wrote_between_our_reading_and_writing_is_written_over(
    practice_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(practice_home, "rdap:ip", "key", "theirs", START)
    seen: list[Any] = [[]]
    rows = kept_answers._rows
    monkeypatch.setattr(kept_answers, "_rows", lambda *asked: seen.pop() if seen else rows(*asked))
    ours = KeptAnswers(practice_home)
    ours.put("rdap:ip", "key", "ours", START)
    ours.flush()
    assert ours.get("rdap:ip", ["key"])["key"].text == "ours"


def test_an_answer_that_does_not_open_is_none_and_is_written_anew(practice_home: Home) -> None:
    keep(practice_home, "rdap:ip", "key", "one", START)
    with practice_home.session() as session:
        session.execute(text("update registry_answer set text_ct = :junk"), {"junk": b"x" * 60})
    assert KeptAnswers(practice_home).get("rdap:ip", ["key"]) == {}
    keep(practice_home, "rdap:ip", "key", "two", START)
    assert KeptAnswers(practice_home).get("rdap:ip", ["key"])["key"].text == "two"


def test_many_answers_wait_for_the_disk_a_few_times(practice_home: Home) -> None:
    answers, written = KeptAnswers(practice_home), []
    event.listen(practice_home.engine, "commit", lambda connection: written.append(connection))
    for key in range(120):
        answers.put("rdap:ip", str(key), "one", START)
    answers.flush()
    answers.flush()
    assert len(written) == 3
    assert len(KeptAnswers(practice_home).get("rdap:ip", [str(key) for key in range(120)])) == 120
