"""Rotating the data key: afterwards everything is sealed with the new one, and nothing was lost on the way."""

import pytest
from homes import Homes
from sqlmodel import select

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.keyring import read_ring, write_ring
from hotline.records import AuditLeaf, Case, KeyState, Record, Report
from hotline.rotation import rotate_keys
from hotline.words import CaseState, Classification, Origin

COUNT = 12


@pytest.fixture
def filled(home_on: Home) -> Home:
    """A home with cases and reports, some of whose sealed columns are empty."""
    with home_on.session() as session:
        for number in range(COUNT):
            url = f"http://meadow.example/{number}.png"
            case = Case(
                url_bi=home_on.vault.index("url", url), host_bi=b"h", domain_bi=b"d", tld="example",
                state=CaseState.READY, classification=Classification.BASELINE, origin=Origin.REPORT,
                opened_at=home_on.now(),
            )  # fmt: skip
            home_on.vault.write(case, "url", url)
            session.add(case)
            session.flush()
            report = Report(case_id=case.number, url_bi=case.url_bi, received_at=home_on.now())
            home_on.vault.write(report, "url", url)
            home_on.vault.write(report, "note", f"note {number}" if number % 2 else None)
            session.add(report)
    return home_on


def silent(what: str, done: int) -> None:
    """Progress that nobody watches."""


def sealed(home: Home) -> list[bytes]:
    """Every sealed value of the database."""
    found: list[bytes] = []
    with home.reading() as session:
        for table in Record.metadata.sorted_tables:
            for column in table.columns:
                if column.name.endswith("_ct"):
                    found += [value for (value,) in session.execute(select(column)) if value is not None]
    return found


def texts(home: Home) -> list[str | None]:
    """What cases and reports hold, opened."""
    with home.reading() as session:
        cases = [home.vault.read(row, "url") for row in session.exec(select(Case).order_by(Case.id))]
        reports = session.exec(select(Report).order_by(Report.id)).all()
        return cases + [home.vault.read(row, name) for row in reports for name in ("url", "note", "page")]


def reopened(homes: Homes, home: Home) -> Home:
    return homes.open(database_url=home.settings.database_url)


def test_everything_opens_afterwards_and_needs_the_new_key_alone(homes: Homes, filled: Home):
    before = texts(filled)
    result = rotate_keys(filled, "ada", silent)
    after = reopened(homes, filled)
    assert texts(after) == before == texts(filled)
    assert {after.vault.version_of(value) for value in sealed(after)} == {2}
    assert result == {"version": 2, "sealed": len(sealed(after))}


def test_the_old_ciphertext_is_gone(filled: Home):
    old = set(sealed(filled))
    rotate_keys(filled, "ada", silent)
    assert not old & set(sealed(filled))


def test_the_file_holds_no_old_ciphertext(homes: Homes):
    home = homes.build()
    with home.session() as session:
        home.record(session, "ana", "case:state:moved", "case 1", told="a text that must be sealed anew" * 9)
    old = sealed(home)
    rotate_keys(home, "ada", silent)
    home.engine.dispose()
    content = b"".join(file.read_bytes() for file in home.settings.home.glob("hotline.db*"))
    assert not [value for value in old if value in content]
    assert all(value in content for value in sealed(home))


def test_cases_are_still_found_by_their_address(filled: Home):
    rotate_keys(filled, "ada", silent)
    with filled.reading() as session:
        index = filled.vault.index("url", "http://meadow.example/7.png")
        assert session.exec(select(Case).where(Case.url_bi == index)).one().id == 8


def test_the_rotation_is_told_in_the_audit_log_and_in_the_versions(filled: Home):
    rotate_keys(filled, "ada", silent)
    with filled.reading() as session:
        states = session.exec(select(KeyState).order_by(KeyState.version)).all()
        deeds = [(leaf.actor, leaf.deed) for leaf in session.exec(select(AuditLeaf))]
    assert [(state.version, state.retired_at is None) for state in states] == [(1, False), (2, True)]
    assert ("ada", "keys:data:rotated") in deeds


def test_rotating_again_and_again_keeps_two_keys(homes: Homes, filled: Home):
    before = texts(filled)
    for _ in range(3):
        rotate_keys(filled, "ada", silent)
    assert sorted(read_ring(filled.settings.key_file).data) == [3, 4]
    assert texts(reopened(homes, filled)) == before


@pytest.mark.parametrize("step", range(1, 6))
def test_after_a_kill_in_the_middle_everything_opens_and_the_next_rotation_ends_it(
    homes: Homes, filled: Home, monkeypatch: pytest.MonkeyPatch, step: int
):
    before, steps = texts(filled), []

    def killed(what: str, done: int) -> None:
        steps.append(what)
        if len(steps) == step:
            raise KeyboardInterrupt

    monkeypatch.setattr("hotline.rotation._BATCH", 5)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(filled, "ada", killed)
    survivor = reopened(homes, filled)
    assert texts(survivor) == before
    assert len({survivor.vault.version_of(value) for value in sealed(survivor)}) == 2
    rotate_keys(survivor, "ada", silent)
    assert texts(reopened(homes, filled)) == before
    assert {survivor.vault.version_of(value) for value in sealed(survivor)} == {3}


def test_a_kill_between_the_ring_and_the_database_is_mended_by_the_next_rotation(
    homes: Homes, filled: Home, monkeypatch: pytest.MonkeyPatch
):
    before = texts(filled)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hotline.rotation._tell", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_keys(filled, "ada", silent)
    survivor = reopened(homes, filled)
    assert texts(survivor) == before
    assert rotate_keys(survivor, "ada", silent)["version"] == 3
    assert texts(reopened(homes, filled)) == before


def test_a_process_that_opened_the_home_before_a_rotation_does_not_lose_its_key(homes: Homes, filled: Home):
    stale = reopened(homes, filled)
    before = texts(filled)
    rotate_keys(filled, "ada", silent)
    assert texts(stale) == before
    stale = reopened(homes, filled)
    rotate_keys(filled, "ada", silent)
    assert rotate_keys(stale, "ada", silent)["version"] == 4
    assert texts(reopened(homes, filled)) == before


def test_an_old_copy_of_the_ring_is_not_rotated(homes: Homes, filled: Home):
    old = filled.vault.ring
    rotate_keys(filled, "ada", silent)
    newest = read_ring(filled.settings.key_file)
    write_ring(old, filled.settings.key_file)
    with pytest.raises(HotlineError, match="older than the database"):
        rotate_keys(filled, "ada", silent)
    write_ring(newest, filled.settings.key_file)
    assert texts(reopened(homes, filled)) == texts(filled)


def test_two_rotations_at_once_are_one_and_a_refusal(filled: Home):
    refused: list[str] = []

    def second(what: str, done: int) -> None:
        with pytest.raises(HotlineError, match="another rotation") as told:
            rotate_keys(filled, "ben", silent)
        refused.append(str(told.value))

    rotate_keys(filled, "ada", second)
    assert refused
    assert filled.vault.ring.current == 2
