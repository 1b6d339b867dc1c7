"""Is the material of a case on a list of known material, or has nobody seen it before this hotline?"""

from sqlmodel import Session, col, or_, select

from hotline.records import Case, HashEntry, HashList
from hotline.vault import Vault
from hotline.words import DigestKind, ListKind
from takedown.learning import CONFIRMED_LIST


def is_on_a_list(session: Session, vault: Vault, case: Case) -> bool:
    """Whether an illegal list other than our own ``confirmed`` has it, by an exact digest."""
    if case.match_list not in (None, CONFIRMED_LIST) and case.match_kind != DigestKind.PDQ:
        return True
    plain = [each for each in (case.sha256, case.assessed_sha256) if each]
    digests = plain + [vault.digest(DigestKind.SHA256, each) for each in plain]  # as sealed lists have them
    if not digests:
        return False
    known = (
        select(HashEntry.id)
        .join(HashList, col(HashEntry.list_id) == HashList.id)
        .where(
            HashList.kind == ListKind.ILLEGAL,
            HashList.name != CONFIRMED_LIST,
            col(HashList.withdrawn_at).is_(None),
            col(HashEntry.withdrawn_at).is_(None),
            or_(*(HashEntry.sha256 == digest for digest in digests)),
        )
    )
    return session.exec(known.limit(1)).first() is not None
