"""The table of registries: every row holds, and nobody else is caught by it."""

import re
from ipaddress import ip_network

import pytest

from takedown.hosting.registries import Registry, known_registries

ROWS = known_registries().registries
REGIONAL = [each for each in ROWS if not each.national]
NATIONAL = [each for each in ROWS if each.national]


def sample(pattern: str) -> str:
    """A name that a pattern is meant for."""
    return re.sub(r"\[0-9\]", "7", pattern).replace("*", "X1")


def rows(registries: list[Registry], field: str) -> list[tuple[str, str]]:
    return [(each.name, value) for each in registries for value in sorted(getattr(each, field))]


def test_every_registry_of_addresses_is_there_with_source_and_date() -> None:
    assert {each.name for each in REGIONAL} == {"IANA and ICANN", "RIPE NCC", "ARIN", "APNIC", "LACNIC", "AFRINIC"}
    assert {each.name.split()[0] for each in NATIONAL} == {
        *("JPNIC", "KRNIC", "CNNIC", "TWNIC", "VNNIC", "IDNIC", "IRINN", "NIC.br", "NIC")
    }
    assert all(each.source and each.noted.year >= 2026 for each in ROWS)
    assert all(each.domains and each.organisations and each.blocks for each in ROWS)


@pytest.mark.parametrize(("registry", "domain"), rows(list(ROWS), "domains"))
def test_every_mailbox_of_a_registrys_domain_is_its_own(registry: str, domain: str) -> None:
    known = known_registries()
    assert known.own(f"Abuse@{domain.upper()}")
    assert known.own(f"hostmaster@mail.{domain}")
    assert not known.own(f"abuse@not{domain}")
    assert not known.own(f"abuse@{domain}.example")


@pytest.mark.parametrize(("registry", "address"), rows(list(ROWS), "addresses"))
def test_a_mailbox_on_a_shared_domain_is_a_registrys_own_alone(registry: str, address: str) -> None:
    assert known_registries().own(address.upper())
    assert not known_registries().own(f"someone-else@{address.partition('@')[2]}")


@pytest.mark.parametrize(("registry", "pattern"), rows(REGIONAL, "blocks"))
def test_a_registrys_block_is_known_by_its_name(registry: str, pattern: str) -> None:
    assert known_registries().only_allocates(sample(pattern).lower(), (), ())
    assert known_registries().only_allocates(sample(pattern), (), (), "ASSIGNED PA")


@pytest.mark.parametrize(("registry", "pattern"), rows(REGIONAL, "organisations"))
def test_a_registrys_block_is_known_by_its_holder(registry: str, pattern: str) -> None:
    holder = sample(pattern).lower()
    assert known_registries().only_allocates("A-NET", ("x", holder), ())
    assert known_registries().only_allocates("A-NET", (holder,), (), "ALLOCATED UNSPECIFIED")
    assert not known_registries().only_allocates("A-NET", (holder,), (), "Direct Assignment")


@pytest.mark.parametrize(("registry", "pattern"), rows(list(ROWS), "organisations"))
def test_a_registrys_role_or_team_is_known_by_its_handle(registry: str, pattern: str) -> None:
    assert known_registries().own_handle(sample(pattern))
    assert not known_registries().own_handle(f"IRT-NORTH-{len(pattern)}")
    assert not known_registries().own_handle("")


@pytest.mark.parametrize(("registry", "pattern"), rows(NATIONAL, "organisations"))
def test_a_national_registry_stands_for_its_members(registry: str, pattern: str) -> None:
    assert known_registries().stands_for_members(sample(pattern).title())
    assert not known_registries().only_allocates("A-NET", (sample(pattern),), ())


@pytest.mark.parametrize(("registry", "pattern"), rows(NATIONAL, "blocks"))
def test_a_national_registrys_block_is_kept_for_members(registry: str, pattern: str) -> None:
    assert known_registries().keeps_for_members(sample(pattern))
    assert not known_registries().only_allocates(sample(pattern), (), ())


@pytest.mark.parametrize(
    "name",
    [
        "NORTH-NET",
        "RIPEN-HOSTING",
        "APNICS",
        "ARINA-CLOUD",
        "NORTH-ERX-FREE",
        "IANAL-NET",
        "RESERVED-FOR-NORTH",
        "ROOTS",
        "",
    ],
)
def test_a_providers_network_is_not_taken_for_a_registrys(name: str) -> None:
    known = known_registries()
    assert not known.only_allocates(
        name, (name, "ORG-N1-RIPE", "North Network Information Ltd"), (ip_network("198.51.100.0/24"),)
    )
    assert not known.keeps_for_members(name)
    assert not known.stands_for_members(name)


@pytest.mark.parametrize(
    ("block", "wide"),
    [("8.0.0.0/7", True), ("8.0.0.0/8", False), ("2000::/12", True), ("2001::/16", False), ("::/0", True)],
)
def test_what_is_wider_than_anybody_holds_is_handed_out(block: str, wide: bool) -> None:
    assert known_registries().only_allocates("A-NET", (), (ip_network(block),)) is wide


def test_a_name_written_with_odd_spaces_is_known() -> None:
    assert known_registries().only_allocates("A-NET", (" Asia  Pacific\tNetwork Information Centre ",), ())
