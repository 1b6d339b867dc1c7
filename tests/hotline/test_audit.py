"""The audit log: whatever somebody does to it afterwards is found, and said where."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from homes import START, Homes
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select, update

from hotline import audit
from hotline.audit import Broken, Tree, Verified
from hotline.home import Home
from hotline.records import AuditHead, AuditLeaf, new_key
from hotline.vault import Vault


def naive_root(leaves: list[bytes]) -> bytes:
    """The tree's hash as RFC 6962, section 2.1 writes it down."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_growing_tree_has_the_root_of_the_standard(leaves: list[bytes]):
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    assert tree.root == naive_root(leaves)
    assert tree.size == len(leaves)
    assert len(tree.peaks) == len(leaves).bit_count()


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_a_tree_that_was_put_away_goes_on_growing(first: list[bytes], then: list[bytes]):
    tree = Tree()
    for leaf in first:
        tree.append(leaf)
    resumed = Tree(tree.size, list(tree.peaks))
    for leaf in then:
        resumed.append(leaf)
    assert resumed.root == naive_root(first + then)


DEEDS = [
    ("ana", "case:state:moved", "case 1", "http://meadow.example/a.png"),
    ("ben", "notice:message:sent", "notice 1", "abuse@meadow.example"),
    ("ana", "case:address:revealed", "case 1", "for the police"),
    ("system", "case:state:removed", "case 1", "gone at two looks"),
]


@pytest.fixture
def log(home_on: Home) -> Home:
    """A home with five entries: its making, and two deeds under each of two further heads."""
    for begin in (0, 2):
        for actor, deed, subject, told in DEEDS[begin : begin + 2]:
            with home_on.session() as session:
                home_on.record(session, actor, deed, subject, told=told)
        home_on.seal_audit()
    return home_on


def verified(home: Home) -> Verified | Broken:
    with home.reading() as session:
        return audit.verify(session, home.vault, home.witness_file.read_text())


def test_an_untouched_log_holds(log: Home):
    result = verified(log)
    assert isinstance(result, Verified)
    assert result.entries == 5
    assert result.root == json.loads(log.witness_file.read_text())["root"]


def test_what_is_written_after_the_newest_head_does_not_break_it(log: Home):
    with log.session() as session:
        log.record(session, "ana", "case:state:moved", "case 2")
    assert isinstance(verified(log), Verified)


def test_the_entries_lie_in_the_log_without_what_they_tell(log: Home):
    with log.reading() as session:
        rows = [leaf.model_dump() for leaf in session.exec(select(AuditLeaf))]
    assert "meadow" not in repr(rows)


def edit(session: Session, vault: Vault) -> None:
    session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == 2).values(actor="eve"))


def edit_with_its_commitment(session: Session, vault: Vault) -> None:
    leaf = session.exec(select(AuditLeaf).where(AuditLeaf.position == 2)).one()
    leaf.actor = "eve"
    leaf.commitment = audit._commitment(leaf, vault.text(leaf, "detail"))


def take_out(session: Session, vault: Vault) -> None:
    session.execute(delete(AuditLeaf).where(col(AuditLeaf.position) == 2))


def take_out_and_close_the_gap(session: Session, vault: Vault) -> None:
    take_out(session, vault)
    for position in (3, 4):
        session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == position).values(position=position - 1))


def insert(session: Session, vault: Vault) -> None:
    for position in (4, 3, 2):
        session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == position).values(position=position + 1))
    audit.record(session, vault, actor="eve", deed="case:state:moved", subject="case 1", detail={}, at=START)
    session.flush()
    session.execute(update(AuditLeaf).where(col(AuditLeaf.position).is_(None)).values(position=2))


def swap(session: Session, vault: Vault) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == old).values(position=new))


def restamp(session: Session, vault: Vault) -> None:
    session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == 2).values(at=START - timedelta(days=1)))


def forge_a_signature(session: Session, vault: Vault) -> None:
    session.execute(update(AuditHead).where(col(AuditHead.size) == 5).values(signature=b"\1" * 64))


def forge_a_head(session: Session, vault: Vault) -> None:
    session.execute(update(AuditHead).where(col(AuditHead.size) == 5).values(root=b"\1" * 32))


def redate_a_head(session: Session, vault: Vault) -> None:
    session.execute(update(AuditHead).where(col(AuditHead.size) == 5).values(at=START - timedelta(days=1)))


def truncate(session: Session, vault: Vault) -> None:
    session.execute(delete(AuditLeaf).where(col(AuditLeaf.position) >= 3))


def truncate_with_heads(session: Session, vault: Vault) -> None:
    truncate_to_head(session, 3)


def empty(session: Session, vault: Vault) -> None:
    truncate_to_head(session, 0)


def truncate_to_head(session: Session, size: int) -> None:
    session.execute(delete(AuditLeaf).where(col(AuditLeaf.position) >= size))
    session.execute(delete(AuditHead).where(col(AuditHead.size) > size))


def add_without_signing(session: Session, vault: Vault) -> None:
    audit.record(session, vault, actor="eve", deed="case:state:moved", subject="case 1", detail={}, at=START)
    session.flush()
    session.execute(update(AuditLeaf).where(col(AuditLeaf.position).is_(None)).values(position=5))


def garble(session: Session, vault: Vault) -> None:
    session.execute(update(AuditLeaf).where(col(AuditLeaf.position) == 2).values(detail_ct=b"\1" * 40))


ATTACKS: dict[Callable[[Session, Vault], None], tuple[int, str]] = {
    # the deed                   the entry, what is said
    edit: (2, "the entry was changed"),
    edit_with_its_commitment: (2, "not those that were signed"),
    take_out: (2, "missing here"),
    take_out_and_close_the_gap: (2, "not those that were signed"),
    insert: (2, "not those that were signed"),
    swap: (2, "not those that were signed"),
    restamp: (2, "the entry was changed"),
    garble: (2, "does not open"),
    forge_a_signature: (4, "signature"),
    forge_a_head: (4, "not those that were signed"),
    redate_a_head: (4, "signature"),
    truncate: (3, "entries after this one are missing"),
    truncate_with_heads: (3, "entries after this one are missing"),
    empty: (0, "entries after this one are missing"),
    add_without_signing: (5, "never signed"),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_on_the_database_is_found(log: Home, attack: Callable[[Session, Vault], None]):
    entry, reason = ATTACKS[attack]
    with log.session() as session:
        attack(session, log.vault)
    result = verified(log)
    assert isinstance(result, Broken)
    assert reason in result.reason
    assert result.entry >= entry
    assert result.entry <= 5


def test_another_history_signed_with_our_own_key_differs_from_the_head_outside(log: Home):
    with log.session() as session:
        truncate_to_head(session, 1)
    for _ in range(6):
        with log.session() as session:
            log.record(session, "eve", "case:state:moved", "case 1")
    with log.session() as session:
        audit.sequence(session, log.vault, log.now())
    result = verified(log)
    assert isinstance(result, Broken)
    assert "never signed" in result.reason or "kept outside" in result.reason
    with log.reading() as session:
        assert isinstance(audit.verify(session, log.vault, None), Verified)


def test_an_older_head_outside_is_still_a_witness(log: Home):
    kept = log.witness_file.read_text()
    with log.session() as session:
        log.record(session, "ana", "case:state:moved", "case 2")
    log.seal_audit()
    with log.reading() as session:
        assert isinstance(audit.verify(session, log.vault, kept), Verified)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"size": "many", "root": ""}', '{"size": null, "root": ""}'])
def test_a_damaged_head_outside_is_a_finding_not_a_crash(log: Home, text: str):
    with log.reading() as session:
        result = audit.verify(session, log.vault, text)
    assert isinstance(result, Broken)
    assert "damaged" in result.reason


def test_the_sequencer_has_nothing_to_do_twice(log: Home):
    with log.session() as session:
        assert audit.sequence(session, log.vault, log.now()) is None


def test_a_sequencer_that_comes_late_does_not_give_a_position_twice(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    other = homes.open(database_url=database_url)
    write = [(home, START + timedelta(hours=2)), (other, START + timedelta(hours=1))]
    for one, at in write:
        with one.session() as session:
            audit.record(session, one.vault, actor="ana", deed="case:state:moved", subject="case 1", detail={}, at=at)
        one.seal_audit()
    assert verified(home) == verified(other)
    assert isinstance(verified(home), Verified)


def test_a_second_sequencer_waits_for_the_first_and_goes_on_from_its_head(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    other = homes.open(database_url=database_url)

    def write(hour: int) -> None:
        with home.session() as session:
            at = START + timedelta(hours=hour)
            audit.record(session, home.vault, actor="ana", deed="case:state:moved", subject="case 1", detail={}, at=at)

    write(2)
    if home.engine.dialect.name == "postgresql":
        first = Session(home.engine)
        audit.sequence(first, home.vault, home.now())
        write(1)  # earlier, and after the first one looked
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(other.seal_audit)
            with pytest.raises(TimeoutError):
                second.result(0.3)
            first.commit()
            second.result(30)
        first.close()
    home.seal_audit()
    assert isinstance(verified(home), Verified)


def test_writers_and_sequencers_at_once_lose_nothing(homes: Homes, database_url: str):
    home = homes.build(database_url=database_url)
    workers, deeds = 4, 8

    def work(number: int) -> None:
        own = homes.open(database_url=database_url)
        for count in range(deeds):
            with own.session() as session:
                at = START + timedelta(minutes=(number * 7 + count * 13) % 60)
                audit.record(
                    session, own.vault, actor=f"worker {number}", deed="case:state:moved",
                    subject=f"case {count}", detail={}, at=at,
                )  # fmt: skip
            own.seal_audit()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, number) for number in range(workers)]:
            done.result()
    home.seal_audit()
    with home.reading() as session:
        result = audit.verify(session, home.vault, None)
        positions = session.exec(select(AuditLeaf.position).order_by(col(AuditLeaf.position))).all()
    assert isinstance(result, Verified)
    assert list(positions) == list(range(1 + workers * deeds))


def test_two_threads_that_keep_the_head_at_once_do_not_take_each_others_file(
    log: Home, monkeypatch: pytest.MonkeyPatch
):
    write, begun = Path.write_text, []

    def interrupted(file: Path, text: str, **options: str) -> int:
        written = write(file, text, **options)
        if not begun:
            begun.append(file)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(deed_and_seal).result(30)
        return written

    def deed_and_seal() -> None:
        with log.session() as session:
            log.record(session, "ana", "case:state:moved", "case 9")
        log.seal_audit()

    monkeypatch.setattr(Path, "write_text", interrupted)
    deed_and_seal()
    assert begun
    assert log.witness_file.exists()
    left = {file.name for file in log.witness_file.parent.glob("audit-head.*")}
    assert left == {log.witness_file.name}
    assert isinstance(verified(log), Verified)


def test_a_deed_that_fails_leaves_no_entry(log: Home):
    def fail() -> None:
        with log.session() as session:
            log.record(session, "ana", "case:state:moved", "case 9")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    log.seal_audit()
    result = verified(log)
    assert isinstance(result, Verified)
    assert result.entries == 5


def test_two_deeds_alike_have_different_commitments(log: Home):
    with log.session() as session:
        for _ in range(2):
            log.record(session, "ana", "case:state:moved", "case 9")
        commitments = {leaf.commitment for leaf in session.exec(select(AuditLeaf))}
    assert len(commitments) == 7
    assert new_key() not in commitments
