"""Who may do what. Default deny: a deed that is not in the table is allowed to nobody.

In a practice home ``--as NAME`` suffices (CONTRACT, "Practice and earnest"), but for the deeds whose roles the
contract itself names; in earnest every deed needs a role of the table.
"""

from typing import Final

from hotline.errors import Forbidden
from hotline.words import HomeKind, Role

_A, _C, _ADM = Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR

DEEDS: Final[dict[str, frozenset[Role]]] = {
    "staff:add": frozenset({_ADM}),
    "staff:token": frozenset({_ADM}),
    "keys:rotate": frozenset({_ADM}),
    "mandate:import": frozenset({_ADM, _C}),
    "seeds:import": frozenset({_A}),
    "hashes:import": frozenset({_A, _C, _ADM}),
    "case:reveal": frozenset({_A, _C}),
    "case:decide": frozenset({_A}),
    "embargo:set": frozenset({_A, _C}),
    "domain:mark": frozenset({_A}),
    "case:authority": frozenset({_A, _C}),
    "notice:hold": frozenset({_A, _C}),
    "contact:vouch": frozenset({_A, _C}),
    "form:fill": frozenset({_A, _C}),
    "notice:reconcile": frozenset({_C, _ADM}),
    "notice:revoke": frozenset({_A, _C, _ADM}),
    "answer:see": frozenset({_A, _C}),
    "host:allow": frozenset({_C, _ADM}),
    "work:run": frozenset({_A, _C, _ADM}),
    "release:request": frozenset({_C, _ADM}),
    "release:approve": frozenset({_C, _ADM}),
}
"""Deed (``subject:verb``) to the roles that may do it."""

_ROLES_NAMED_BY_CONTRACT: Final = frozenset({"release:request", "release:approve"})


def permits(role: Role, deed: str, kind: HomeKind) -> bool:
    """Whether a member of staff of this role may do the deed in a home of this kind."""
    if deed not in DEEDS:
        return False
    if kind is HomeKind.PRACTICE and deed not in _ROLES_NAMED_BY_CONTRACT:
        return True
    return role in DEEDS[deed]


def demand(name: str, role: Role, deed: str, kind: HomeKind) -> None:
    """Raises ``Forbidden``, which names who may, unless the deed is permitted."""
    if not permits(role, deed, kind):
        who = " or ".join(sorted(DEEDS.get(deed, frozenset()))) or "nobody"
        raise Forbidden(f"{name} is {role.value}; {deed.replace(':', ' ')} is for: {who}; ask one of them")
