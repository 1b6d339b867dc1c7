"""Members of staff: who may be added, and who acts now."""

import pytest
from homes import Homes

from hotline import staff
from hotline.errors import Forbidden, HotlineError
from hotline.home import Home
from hotline.records import Credential
from hotline.staff import SYSTEM, Actor, NewMember
from hotline.vault import token_hash
from hotline.words import CredentialKind, HomeKind, Role

ADA = NewMember("ada", Role.ADMINISTRATOR, "nl", "North hotline")
ANA = NewMember("ana", Role.ANALYST, "NL")
BEN = NewMember("ben", Role.ANALYST, "SE")


@pytest.fixture
def earnest(homes: Homes, database_url: str) -> Home:
    return homes.build(kind=HomeKind.EARNEST, database_url=database_url)


def with_token(homes: Homes, token: str | None, database_url: str) -> Home:
    """The earnest home as somebody with this credential opens it."""
    return homes.open(database_url=database_url, **({"staff_token": token} if token else {}))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COORDINATOR])
def test_the_first_of_an_earnest_home_must_be_an_administrator(earnest: Home, role: Role):
    with pytest.raises(HotlineError, match="--role administrator"):
        staff.add(earnest, NewMember("ana", role, "NL"), SYSTEM)
    assert staff.add(earnest, ADA, SYSTEM)


def test_only_an_administrator_adds_the_next(earnest: Home):
    staff.add(earnest, ADA, SYSTEM)
    with pytest.raises(Forbidden, match="HOTLINE_STAFF_TOKEN"):
        staff.add(earnest, ANA, SYSTEM)
    with pytest.raises(Forbidden, match="is for: administrator"):
        staff.add(earnest, ANA, Actor("ben", 7, Role.ANALYST))
    assert staff.add(earnest, ANA, Actor("ada", 1, Role.ADMINISTRATOR))


def test_in_practice_anybody_is_added_and_nobody_gets_a_credential(home_on: Home):
    assert staff.add(home_on, ANA, SYSTEM) is None


@pytest.mark.parametrize("name", ["", " ana", "ana;ben", "system", "a" * 65, "ana\n", "<ana>", "-ana"])
def test_a_name_that_would_confuse_is_refused(practice_home: Home, name: str):
    with pytest.raises(HotlineError, match="cannot be a name"):
        staff.add(practice_home, NewMember(name, Role.ANALYST, "NL"), SYSTEM)


@pytest.mark.parametrize("country", ["", "NLD", "1L", "Ñ1"])
def test_a_country_is_two_letters(practice_home: Home, country: str):
    with pytest.raises(HotlineError, match="country code"):
        staff.add(practice_home, NewMember("ana", Role.ANALYST, country), SYSTEM)


def test_a_name_is_taken_once(home_on: Home):
    staff.add(home_on, ANA, SYSTEM)
    with pytest.raises(HotlineError, match="named ana exists or existed; choose another name"):
        staff.add(home_on, NewMember("ana", Role.COORDINATOR, "SE"), SYSTEM)


def test_in_earnest_each_acts_with_their_own_credential(homes: Homes, earnest: Home, database_url: str):
    token = staff.add(earnest, ADA, SYSTEM)
    opened = with_token(homes, token, database_url)
    assert staff.who_acts(opened, None) == Actor("ada", 1, Role.ADMINISTRATOR)
    assert staff.who_acts(opened, "ada", system=True).name == "ada"


def test_two_people_have_two_credentials(homes: Homes, earnest: Home, database_url: str):
    staff.add(earnest, ADA, SYSTEM)
    ada = Actor("ada", 1, Role.ADMINISTRATOR)
    tokens = {member.name: staff.add(earnest, member, ada) for member in (ANA, BEN)}
    assert tokens["ana"] != tokens["ben"]
    for name, token in tokens.items():
        assert staff.who_acts(with_token(homes, token, database_url), None).name == name
    with pytest.raises(Forbidden, match="not that of ben"):
        staff.who_acts(with_token(homes, tokens["ana"], database_url), "ben")


@pytest.mark.parametrize("token", [None, "wrong"])
def test_in_earnest_a_name_alone_or_a_wrong_token_does_nothing(
    homes: Homes, earnest: Home, database_url: str, token: str | None
):
    staff.add(earnest, ADA, SYSTEM)
    with pytest.raises(Forbidden, match="HOTLINE_STAFF_TOKEN"):
        staff.who_acts(with_token(homes, token, database_url), "ada")


def test_a_new_personal_credential_ends_the_old_one(homes: Homes, earnest: Home, database_url: str):
    old = staff.add(earnest, ADA, SYSTEM)
    new = staff.issue_token(earnest, "ada", CredentialKind.STAFF, Actor("ada", 1, Role.ADMINISTRATOR))
    assert staff.who_acts(with_token(homes, new, database_url), None).name == "ada"
    with pytest.raises(Forbidden, match="no valid credential"):
        staff.who_acts(with_token(homes, old, database_url), None)


def test_a_token_of_the_api_does_not_act_at_the_command_line(homes: Homes, earnest: Home, database_url: str):
    staff.add(earnest, ADA, SYSTEM)
    token = staff.issue_token(earnest, "ada", CredentialKind.READ, Actor("ada", 1, Role.ADMINISTRATOR))
    with pytest.raises(Forbidden, match="no valid credential"):
        staff.who_acts(with_token(homes, token, database_url), None)


def test_in_earnest_a_token_is_given_to_oneself_or_by_an_administrator(earnest: Home):
    staff.add(earnest, ADA, SYSTEM)
    ada = Actor("ada", 1, Role.ADMINISTRATOR)
    for member in (ANA, BEN):
        staff.add(earnest, member, ada)
    ana = Actor("ana", 2, Role.ANALYST)
    assert staff.issue_token(earnest, "ana", CredentialKind.READ, ana)
    assert staff.issue_token(earnest, "ana", CredentialKind.STAFF, ada)
    for stranger in (ana, SYSTEM):
        with pytest.raises(Forbidden, match="is for: administrator"):
            staff.issue_token(earnest, "ben", CredentialKind.STAFF, stranger)


def test_a_token_for_nobody_is_refused(practice_home: Home):
    with pytest.raises(HotlineError, match="no member of staff is named ana"):
        staff.issue_token(practice_home, "ana", CredentialKind.READ, SYSTEM)


def test_only_the_hash_of_a_token_is_kept(earnest: Home):
    token = staff.add(earnest, ADA, SYSTEM)
    assert token is not None
    with earnest.reading() as session:
        kept = session.get_one(Credential, 1)
    assert kept.token_hash == token_hash(token)
    assert token not in repr(kept.model_dump())


def test_in_practice_a_name_suffices(homes: Homes, practice_home: Home):
    staff.add(practice_home, ANA, SYSTEM)
    assert staff.who_acts(practice_home, "ana") == Actor("ana", 1, Role.ANALYST)
    assert staff.who_acts(homes.open(staff="ana"), None).name == "ana"
    with pytest.raises(HotlineError, match="no member of staff is named eve"):
        staff.who_acts(practice_home, "eve")
    with pytest.raises(HotlineError, match="--as NAME"):
        staff.who_acts(practice_home, None)


def test_the_system_acts_where_a_command_lets_it(practice_home: Home):
    assert staff.who_acts(practice_home, None, system=True) is SYSTEM
    assert staff.who_acts(practice_home, "system", system=True) is SYSTEM
    with pytest.raises(HotlineError, match="system does not do this"):
        staff.who_acts(practice_home, "system")
