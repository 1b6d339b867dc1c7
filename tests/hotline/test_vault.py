"""The vault: what is sealed for one place opens there and nowhere else."""

import pytest
from homes import Homes
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import HotlineError
from hotline.keyring import new_ring
from hotline.records import Mandate, new_key
from hotline.vault import Vault, new_token, token_hash

VAULT = Vault(new_ring())
TEXT = "http://meadow.example/pictures?of=clouds"


@given(st.text(), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_again(text: str, key: bytes):
    assert VAULT.open(key, "cases.url", VAULT.seal(key, "cases.url", text)) == text


def test_the_same_text_is_never_sealed_alike():
    key = new_key()
    assert VAULT.seal(key, "cases.url", TEXT) != VAULT.seal(key, "cases.url", TEXT)


def test_a_ciphertext_shows_nothing_of_its_text():
    assert b"meadow" not in VAULT.seal(new_key(), "cases.url", TEXT)


@pytest.mark.parametrize("where", ["other row", "other column", "other ring"])
def test_a_ciphertext_opens_only_where_it_was_sealed(where: str):
    key = new_key()
    sealed = VAULT.seal(key, "cases.url", TEXT)
    vault = Vault(new_ring()) if where == "other ring" else VAULT
    with pytest.raises(HotlineError, match=r"does not open"):
        vault.open(
            new_key() if where == "other row" else key,
            "report.url" if where == "other column" else "cases.url",
            sealed,
        )


@given(st.data())
def test_a_changed_bit_is_found(data: st.DataObject):
    key = new_key()
    sealed = bytearray(VAULT.seal(key, "cases.url", TEXT))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(HotlineError):
        VAULT.open(key, "cases.url", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\1", b"\1" + b"\0" * 12])
def test_a_stump_is_an_error_not_a_crash(sealed: bytes):
    with pytest.raises(HotlineError):
        VAULT.open(new_key(), "cases.url", sealed)


def test_a_key_that_is_not_in_the_ring_is_named_as_the_fault():
    key, later = new_key(), Vault(VAULT.ring.rotated())
    with pytest.raises(HotlineError, match="not in the key ring"):
        VAULT.open(key, "cases.url", later.seal(key, "cases.url", TEXT))


def test_a_process_that_runs_on_finds_the_key_of_a_rotation():
    old = new_ring()
    newer = old.rotated()
    key, running = new_key(), Vault(old, lambda: newer)
    assert running.open(key, "cases.url", Vault(newer).seal(key, "cases.url", TEXT)) == TEXT


def test_the_index_of_a_value_depends_on_its_domain_and_its_ring():
    assert VAULT.index("url", TEXT) == VAULT.index("url", TEXT)
    assert VAULT.index("url", TEXT) != VAULT.index("host", TEXT)
    assert VAULT.index("url", TEXT) != Vault(new_ring()).index("url", TEXT)
    assert len(VAULT.index("url", TEXT)) == 32


def test_the_index_survives_a_rotation_or_no_report_would_join_its_case():
    assert VAULT.index("url", TEXT) == Vault(VAULT.ring.rotated()).index("url", TEXT)


def test_a_row_is_written_and_read_by_its_column():
    row = Mandate()
    VAULT.write(row, "text", TEXT)
    assert VAULT.read(row, "text") == TEXT
    VAULT.write(row, "text", None)
    assert VAULT.read(row, "text") is None
    with pytest.raises(HotlineError, match=r"mandate\.text"):
        VAULT.text(row, "text")


def test_the_tokens_of_a_row_are_constant_and_differ_from_each_other():
    key = new_key()
    tokens = [VAULT.message_id(key), VAULT.return_token(key), VAULT.answer_token(key)]
    assert tokens == [VAULT.message_id(key), VAULT.return_token(key), VAULT.answer_token(key)]
    assert len({token[:32] for token in tokens}) == 3
    assert VAULT.answer_token(key) != VAULT.answer_token(new_key())


def test_a_credential_is_kept_as_its_hash_alone():
    token = new_token()
    assert len(token) >= 43
    assert token.encode() not in token_hash(token)


def test_the_database_of_one_home_does_not_open_with_the_ring_of_another(homes: Homes):
    homes.build("first")
    second = homes.build("second")
    with pytest.raises(HotlineError, match=r"does not open|not the one"):
        homes.open("first", key_file=str(second.settings.key_file))
