"""The audit log: who did what, when; written so that a change afterwards is found (DESIGN.md, decision 13).

A deed writes a *leaf* in its own transaction: a random key, and a salted commitment to its content. One *sequencer*
gives positions and signs the *head*: size and root of the Merkle tree over all leaves (RFC 9162, section 2.1, the
hashing of RFC 6962). Leaves need no order among themselves when they are written, so workers never wait for each
other. The newest head is also kept beside the database, where a thief of the database alone cannot take it back.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlmodel import Session, col, select

from hotline.clock import utc_text
from hotline.records import AuditHead, AuditLeaf, new_key
from hotline.vault import Vault

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_DETAIL: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)
_CONTENT: Final = json.JSONEncoder(ensure_ascii=False)
_SEQUENCER: Final = 0x686F746C  # the number of the lock under which one sequencer works at a time


@dataclass
class Tree:
    """A Merkle tree that only grows: of each complete subtree only its root (*peak*) is kept."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Adds a leaf's content."""
        node = hashlib.sha256(b"\0" + leaf).digest()
        size = self.size
        while size & 1:
            node = hashlib.sha256(b"\1" + self.peaks.pop() + node).digest()
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The tree's hash, 32 bytes."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = hashlib.sha256(b"\1" + peak + node).digest()
        return node


@dataclass(frozen=True)
class Verified:
    """Every leaf and every head holds."""

    entries: int
    root: str


@dataclass(frozen=True)
class Broken:
    """The first entry (counted from 0) that does not hold, and what is wrong with it."""

    entry: int
    reason: str


def record(
    session: Session,
    vault: Vault,
    *,
    actor: str,
    deed: str,
    subject: str,
    detail: Mapping[str, Any],
    at: datetime,
) -> None:
    """Writes a leaf in the caller's transaction.

    ``deed`` is ``subject:object:verb``; ``subject`` a number such as ``case 7``, never an address; ``detail`` may name
    addresses, for it is sealed.
    """
    session.add(AuditLeaf(**_columns(vault, Deed(actor, deed, subject, detail), at)))


@dataclass(frozen=True)
class Deed:
    """What a leaf tells; the arguments of ``record``."""

    actor: str
    deed: str
    subject: str
    detail: Mapping[str, Any]


def record_all(session: Session, vault: Vault, deeds: Sequence[Deed], at: datetime) -> None:
    """Writes a leaf for each deed, in this order, in the caller's transaction: many cost little more than one."""
    if deeds:
        session.connection().execute(sa.insert(AuditLeaf), [_columns(vault, deed, at) for deed in deeds])


def _columns(vault: Vault, deed: Deed, at: datetime) -> dict[str, Any]:
    told = _DETAIL.encode(dict(deed.detail))
    key, salt = new_key(), secrets.token_bytes(16)
    said = (at, deed.actor, deed.deed, deed.subject)
    return {
        "key": key,
        "at": at,
        "actor": deed.actor,
        "deed": deed.deed,
        "subject": deed.subject,
        "salt": salt,
        "commitment": _commit(salt + key, *said, told),
        "detail_ct": vault.seal(key, "audit_leaf.detail", told),
    }


def _commitment(leaf: AuditLeaf, detail: str) -> bytes:
    return _commit(leaf.salt + leaf.key, leaf.at, leaf.actor, leaf.deed, leaf.subject, detail)


def _commit(blind: bytes, at: datetime, actor: str, deed: str, subject: str, detail: str) -> bytes:
    content = _CONTENT.encode([utc_text(at), actor, deed, subject, detail])
    return hashlib.sha256(blind + content.encode("utf-8", "surrogatepass")).digest()


def sequence(session: Session, vault: Vault, at: datetime) -> AuditHead | None:
    """Gives positions to the leaves that have none and signs the new head; ``None`` when there was nothing to do."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SEQUENCER})
    table = AuditLeaf.metadata.tables["audit_leaf"]
    fresh = session.execute(
        sa.select(table.c.id, table.c.key, table.c.commitment)
        .where(table.c.position.is_(None))
        .order_by(table.c.at, table.c.id)
    ).all()
    if not fresh:
        return None
    tree = _tree_of(newest_head(session))
    first = tree.size
    for leaf in fresh:
        tree.append(leaf.key + leaf.commitment)
    placed = [{"leaf": leaf.id, "position": position} for position, leaf in enumerate(fresh, first)]
    session.connection().execute(table.update().where(table.c.id == sa.bindparam("leaf")), placed)
    head = AuditHead(size=tree.size, root=tree.root, peaks=b"".join(tree.peaks), signature=b"", at=at)
    head.signature = _signer(vault).sign(_statement(head))
    session.add(head)
    session.flush()
    return head


def newest_head(session: Session) -> AuditHead | None:
    """The head of the most leaves."""
    return session.exec(select(AuditHead).order_by(col(AuditHead.size).desc()).limit(1)).first()


def _tree_of(head: AuditHead | None) -> Tree:
    if head is None:
        return Tree()
    return Tree(head.size, [head.peaks[i : i + 32] for i in range(0, len(head.peaks), 32)])


def _signer(vault: Vault) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.ring.audit_seed)


def _statement(head: AuditHead) -> bytes:
    return f"hotline audit head\n{head.size}\n{head.root.hex()}\n{utc_text(head.at)}\n".encode()


def witness_text(head: AuditHead) -> str:
    """What is kept of a head outside the database."""
    return json.dumps({"size": head.size, "root": head.root.hex()})


def verify(session: Session, vault: Vault, witness: str | None) -> Verified | Broken:
    """Recomputes every commitment, the tree and every signed head, and compares the head kept outside."""
    heads = {head.size: head for head in session.exec(select(AuditHead))}
    leaves = session.exec(
        select(AuditLeaf).where(col(AuditLeaf.position).is_not(None)).order_by(col(AuditLeaf.position))
    )
    tree, roots = Tree(), {0: EMPTY_ROOT.hex()}
    for leaf in leaves:
        fault = _leaf_fault(leaf, tree.size, vault)
        if fault:
            return Broken(tree.size, fault)
        tree.append(leaf.key + leaf.commitment)
        head = heads.pop(tree.size, None)
        if head is not None:
            roots[tree.size] = tree.root.hex()
            if fault := _head_fault(head, tree, vault):
                return Broken(tree.size - 1, fault)
    return _end_fault(tree, heads.values(), roots, witness) or Verified(tree.size, tree.root.hex())


def _leaf_fault(leaf: AuditLeaf, expected: int, vault: Vault) -> str | None:
    if leaf.position != expected:
        return "an entry is missing here"
    try:
        detail = vault.text(leaf, "detail")
    except Exception:  # whatever a changed row raises, it is the same finding
        return "the entry's content does not open"
    return None if _commitment(leaf, detail) == leaf.commitment else "the entry was changed"


def _head_fault(head: AuditHead, tree: Tree, vault: Vault) -> str | None:
    if head.root != tree.root:
        return "the entries up to here are not those that were signed"
    try:
        _signer(vault).public_key().verify(head.signature, _statement(head))
    except InvalidSignature:
        return "the signature of the log's head is not ours"
    return None


def _end_fault(tree: Tree, heads: Iterable[AuditHead], roots: dict[int, str], witness: str | None) -> Broken | None:
    if any(head.size > tree.size for head in heads):
        return Broken(tree.size, "entries after this one are missing")
    if tree.size not in roots:
        return Broken(tree.size - 1, "the last entries were never signed")
    if witness is None:
        return None
    try:
        kept = json.loads(witness)
        size, root = int(kept["size"]), str(kept["root"])
    except (ValueError, KeyError, TypeError):
        return Broken(tree.size - 1, "the head that was kept outside the database is damaged")
    if size > tree.size:
        return Broken(tree.size, "entries after this one are missing")
    if roots.get(size) != root:
        return Broken(size - 1, "the log differs from the head that was kept outside the database")
    return None
