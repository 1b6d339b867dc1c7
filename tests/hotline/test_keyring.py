"""The key ring: a file for its owner alone, which is never half written."""

import json
import os
from pathlib import Path

import pytest

from hotline.errors import HotlineError
from hotline.keyring import KeyRing, new_ring, read_ring, write_ring


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def changed(file: Path, **values: object) -> None:
    """Writes the ring's file with other values; ``None`` takes one out."""
    table = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps({name: value for name, value in table.items() if value is not None}))


def test_a_ring_is_read_back_and_belongs_to_its_owner_alone(file: Path):
    ring = new_ring()
    write_ring(ring, file)
    assert read_ring(file) == ring
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_rings_share_no_key():
    first, second = new_ring(), new_ring()
    assert not {*first.data.values(), first.index, first.message} & {*second.data.values(), second.index}
    assert len({*first.data.values(), first.index, first.message, first.audit_seed}) == 4


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_ring_that_others_can_read_is_refused_with_the_remedy(file: Path, mode: int):
    write_ring(new_ring(), file)
    file.chmod(mode)
    with pytest.raises(HotlineError, match=f"mode 0{mode:o}.*chmod 600"):
        read_ring(file)


def test_a_missing_ring_says_what_to_do(file: Path):
    with pytest.raises(HotlineError, match="hotline init"):
        read_ring(file)


def test_a_folder_is_no_ring(file: Path):
    file.mkdir()
    with pytest.raises(HotlineError, match="is no file"):
        read_ring(file)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "data": [], "index": "", "message": "", "audit_seed": ""}'],
)
def test_rubbish_is_called_damaged(file: Path, text: str):
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(HotlineError, match="damaged"):
        read_ring(file)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"index": None},
        {"message": "AAAA"},
        {"audit_seed": "not base64!"},
        {"data": {}},
        {"data": {"one": "AAAA"}},
        {"data": {"1": "AAAA"}},
        {"data": {"0": "A" * 43 + "="}},
        {"data": {"256": "A" * 43 + "="}},
    ],
)
def test_every_kind_of_damage_is_found(file: Path, change: dict[str, object]):
    write_ring(new_ring(), file)
    changed(file, **change)
    with pytest.raises(HotlineError, match="damaged"):
        read_ring(file)


def test_the_error_of_a_damaged_ring_shows_no_key(file: Path):
    ring = new_ring()
    write_ring(ring, file)
    changed(file, format=2)
    with pytest.raises(HotlineError) as told:
        read_ring(file)
    assert json.loads(file.read_text())["index"] not in str(told.value)
    assert "data" not in repr(ring) and "index" not in repr(ring)


def test_a_kill_while_writing_leaves_the_old_ring(file: Path, monkeypatch: pytest.MonkeyPatch):
    old = new_ring()
    write_ring(old, file)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            write_ring(old.rotated(), file)
    assert read_ring(file) == old
    newer = old.rotated()
    write_ring(newer, file)
    assert read_ring(file) == newer


def test_a_new_version_seals_and_the_old_ones_stay():
    ring = new_ring()
    newer = ring.rotated()
    assert newer.current == 2
    assert newer.data[1] == ring.data[1]
    assert (newer.index, newer.message, newer.audit_seed) == (ring.index, ring.message, ring.audit_seed)


def test_retiring_keeps_the_two_newest():
    ring = new_ring().rotated().rotated().rotated()
    assert sorted(ring.retired().data) == [3, 4]


def test_a_full_ring_says_so():
    ring = KeyRing({255: b"k" * 32}, b"i" * 32, b"m" * 32, b"a" * 32)
    with pytest.raises(HotlineError, match="used up"):
        ring.rotated()
