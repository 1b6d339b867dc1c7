"""What is kept of a list: what its owner withdraws, replaces and gives again."""

from collections.abc import Iterable

import pytest
from sqlmodel import col, select

from crawler.hashlists import store
from crawler.hashlists.formats import BadRow, ListRow, Row, Withdrawal
from crawler.hashlists.index import ListIndex
from crawler.hashlists.store import ImportResult, import_rows
from hotline.home import Home
from hotline.records import HashEntry

SHA256, MD5 = "a" * 64, "c" * 32
ENTRY = ListRow(1, sha256=SHA256, source_id="42:image:1", lasting=True, scheme="ncmec A1")
GONE = Withdrawal(2, "42:image:1")


@pytest.fixture
def home(home_on: Home) -> Home:
    """On SQLite and on PostgreSQL."""
    return home_on


def taken(home: Home, *rows: Row, name: str = "theirs") -> tuple[int, int, int]:
    """Imports; how many were added, known and withdrawn."""
    with home.session() as session:
        result = import_rows(session, name, None, rows, home.now())
    return result.added, result.known, result.withdrawn


def standing(home: Home) -> int:
    with home.reading() as session:
        return ListIndex.load(home, session).size


def test_a_deleted_entry_is_withdrawn_from_its_list(home: Home) -> None:
    other = ListRow(2, md5=MD5, source_id="42:image:2", lasting=True)
    assert taken(home, ENTRY, other) == (2, 0, 0)
    assert taken(home, GONE) == (0, 0, 1)
    assert standing(home) == 1
    with home.reading() as session:
        assert [row.withdrawn_at for row in session.exec(select(HashEntry).order_by(col(HashEntry.id)))] == [
            home.now(),
            None,
        ]


def test_an_entry_of_another_list_stands(home: Home) -> None:
    taken(home, ENTRY)
    assert taken(home, GONE, name="others") == (0, 0, 0)
    assert standing(home) == 1


def test_an_entry_that_is_withdrawn_twice_counts_once(home: Home) -> None:
    taken(home, ENTRY)
    assert taken(home, GONE, GONE) == (0, 0, 1)
    assert taken(home, GONE) == (0, 0, 0)


def test_an_entry_that_comes_again_is_reinstated(home: Home) -> None:
    taken(home, ENTRY, GONE)
    assert standing(home) == 0
    assert taken(home, ENTRY) == (1, 0, 0)
    assert standing(home) == 1
    assert taken(home, ENTRY) == (0, 1, 0)


def test_the_order_of_the_file_holds(home: Home) -> None:
    assert taken(home, ENTRY, GONE, ENTRY, GONE, ENTRY) == (3, 0, 2)
    assert standing(home) == 1


def test_entries_are_withdrawn_by_digests_where_nothing_names_them(home: Home) -> None:
    taken(home, ListRow(1, sha256=SHA256, md5=MD5), ListRow(2, md5=MD5))
    assert taken(home, Withdrawal(1, sha256=SHA256, md5=MD5)) == (0, 0, 1)
    assert taken(home, Withdrawal(1, "42:image:9", md5=MD5)) == (0, 0, 1)


def test_the_same_file_of_another_member_stands(home: Home) -> None:
    theirs = ListRow(1, sha256=SHA256, source_id="43:image:1", lasting=True)
    assert taken(home, ENTRY, theirs) == (2, 0, 0)
    assert taken(home, GONE) == (0, 0, 1)
    assert taken(home, Withdrawal(1, "42:image:1", sha256=SHA256)) == (0, 0, 0)
    assert standing(home) == 1


def test_an_entry_whose_digests_changed_takes_the_place_of_the_former(home: Home) -> None:
    taken(home, ENTRY)
    changed = ListRow(1, md5=MD5, source_id="42:image:1", lasting=True)
    assert taken(home, changed) == (1, 0, 1)
    assert standing(home) == 1
    assert taken(home, ENTRY, changed) == (0, 2, 0)


def test_an_entry_whose_classification_changed_is_known_and_has_the_new_one(home: Home) -> None:
    taken(home, ENTRY)
    assert taken(home, ListRow(1, sha256=SHA256, source_id="42:image:1", lasting=True, scheme="ncmec A2")) == (0, 1, 0)
    with home.reading() as session:
        assert session.exec(select(HashEntry.scheme)).one() == "ncmec A2"


def test_numbers_that_do_not_last_replace_nothing(home: Home) -> None:
    assert taken(home, ListRow(1, sha256=SHA256, source_id="1"), ListRow(2, md5=MD5, source_id="1")) == (2, 0, 0)
    assert taken(home, ListRow(1, sha256=SHA256, source_id="7")) == (0, 1, 0)


def test_lists_longer_than_a_batch(home: Home) -> None:
    rows = [ListRow(n, sha256=f"{n:064x}", source_id=f"1:{n}", lasting=True) for n in range(1300)]
    assert taken(home, *rows) == (1300, 0, 0)
    assert taken(home, *[Withdrawal(n, f"1:{n}") for n in range(700)], *rows[:600]) == (600, 0, 700)
    assert standing(home) == 1200


def test_of_too_many_bad_rows_the_rest_is_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_NAMED", 3)
    rows: Iterable[Row] = (BadRow(n, "empty row") for n in range(1, 11))
    with home.session() as session:
        result: ImportResult = import_rows(session, "theirs", None, rows, home.now())
    assert [row.line for row in result.rejected] == [1, 2, 3, 4]
    assert "6 after it that are not named" in result.rejected[-1].reason
