"""Who may do what: the table, and that whatever is not in it is nobody's."""

import pytest

from hotline.errors import Forbidden
from hotline.permissions import DEEDS, demand, permits
from hotline.words import HomeKind, Role

ANALYST, COORDINATOR, ADMINISTRATOR = Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR

IN_EARNEST = {
    "staff:add": {ADMINISTRATOR},
    "staff:token": {ADMINISTRATOR},
    "keys:rotate": {ADMINISTRATOR},
    "mandate:import": {ADMINISTRATOR, COORDINATOR},
    "seeds:import": {ANALYST},
    "hashes:import": {ANALYST, COORDINATOR, ADMINISTRATOR},
    "case:reveal": {ANALYST, COORDINATOR},
    "case:decide": {ANALYST},
    "embargo:set": {ANALYST, COORDINATOR},
    "domain:mark": {ANALYST},
    "case:authority": {ANALYST, COORDINATOR},
    "notice:hold": {ANALYST, COORDINATOR},
    "notice:revoke": {ANALYST, COORDINATOR, ADMINISTRATOR},
    "answer:see": {ANALYST, COORDINATOR},
    "host:allow": {COORDINATOR, ADMINISTRATOR},
    "contact:vouch": {ANALYST, COORDINATOR},
    "form:fill": {ANALYST, COORDINATOR},
    "notice:reconcile": {COORDINATOR, ADMINISTRATOR},
    "work:run": {ANALYST, COORDINATOR, ADMINISTRATOR},
    "release:request": {COORDINATOR, ADMINISTRATOR},
    "release:approve": {COORDINATOR, ADMINISTRATOR},
}


def test_the_table_of_this_test_knows_every_deed():
    assert set(IN_EARNEST) == set(DEEDS)


@pytest.mark.parametrize("deed", IN_EARNEST)
@pytest.mark.parametrize("role", Role)
def test_in_earnest_the_role_decides(role: Role, deed: str):
    assert permits(role, deed, HomeKind.EARNEST) is (role in IN_EARNEST[deed])


@pytest.mark.parametrize("deed", IN_EARNEST)
@pytest.mark.parametrize("role", Role)
def test_in_practice_anybody_may_but_for_releases(role: Role, deed: str):
    expected = role in IN_EARNEST[deed] if deed.startswith("release:") else True
    assert permits(role, deed, HomeKind.PRACTICE) is expected


@pytest.mark.parametrize("kind", HomeKind)
@pytest.mark.parametrize("role", Role)
def test_an_unknown_deed_is_nobodys(role: Role, kind: HomeKind):
    assert not permits(role, "media:show", kind)
    with pytest.raises(Forbidden, match="is for: nobody"):
        demand("ana", role, "media:show", kind)


def test_a_refusal_names_who_may():
    with pytest.raises(Forbidden, match="ana is analyst; mandate import is for: administrator or coordinator"):
        demand("ana", ANALYST, "mandate:import", HomeKind.EARNEST)


def test_what_is_permitted_passes():
    demand("ana", ANALYST, "case:decide", HomeKind.EARNEST)
