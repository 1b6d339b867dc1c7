"""Findings: kept when another provider hosts a case, refreshed when not, and never worsened by a registry's outage."""

from collections.abc import Sequence
from typing import Any

import pytest
from homes import later
from takedown_builders import (
    HOST,
    REGISTRAR,
    UPSTREAM,
    after,
    bounced,
    case,
    contact,
    decided,
    located,
    opened,
    queued,
    rows,
    snapshot,
    state,
    told,
)

from hotline.home import Home
from hotline.records import Case, Contact, Finding, Provider
from hotline.words import CaseState, ContactHealth
from scheduler.locating import hosted_by
from takedown import findings
from takedown.asking import Request
from takedown.clearance import Withheld
from takedown.findings import Located

RIVER = {"name": "River Transit", "asn": 64501, "country": "SE"}


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def number(home: Home) -> int:
    return opened(home)


def newest(home: Home, number: int) -> Located:
    with home.reading() as session:
        found = findings.newest(home, session, session.get_one(Case, number))
    assert found is not None
    return found


def addresses(home: Home, number: int) -> list[str]:
    return [each["address"] for each in newest(home, number).snapshot["contacts"]]


def history(home: Home, number: int) -> list[dict[str, Any]]:
    with home.reading() as session:
        return findings.history(home, session, session.get_one(Case, number))


def test_the_first_finding_makes_a_case_ready(home: Home, number: int) -> None:
    assert located(home, number) is False
    row = case(home, number)
    assert row.state is CaseState.READY
    found = newest(home, number)
    assert (found.country, found.provider_name, found.ip) == ("NL", "Meadow Hosting", "198.51.100.7")
    with home.reading() as session:
        (provider,) = rows(session, Provider)
        assert (provider.id, provider.asn, provider.country) == (row.provider_id, 64500, "NL")
        assert home.vault.read(provider, "name") == "Meadow Hosting"


def test_the_same_again_is_only_checked_again(home: Home, number: int) -> None:
    located(home, number)
    later(home, hours=2)
    assert newest(home, number).row.checked_at < home.now()
    assert located(home, number) is False
    assert newest(home, number).row.checked_at == home.now()
    assert newest(home, number).row.at == after(hours=0)
    assert history(home, number) == [snapshot(contact())]


def test_another_provider_is_another_finding(home: Home, number: int) -> None:
    located(home, number)
    later(home, hours=2)
    assert located(home, number, contact(UPSTREAM), provider=RIVER) is True
    assert newest(home, number).row.at == after(hours=2)
    assert [each["provider"]["name"] for each in history(home, number)] == ["Meadow Hosting", "River Transit"]
    assert case(home, number).provider_id == 2


def test_other_contacts_of_the_same_provider_replace_the_old_ones_and_who_was_asked_stays_asked(
    home: Home, number: int
) -> None:
    located(home, number, contact(), contact(REGISTRAR, "registrar"))
    told(home, number)
    later(home, hours=2)
    assert located(home, number, contact("new@meadow-hosting.example"), contact()) is False
    assert addresses(home, number) == ["new@meadow-hosting.example", HOST]
    assert not isinstance(decided(home, number), Request)
    located(home, number, contact())
    assert addresses(home, number) == [HOST]


@pytest.mark.parametrize(
    "less",
    [
        {"contacts": [], "provider": None, "addresses": [], "certainty": "unknown"},
        {"contacts": []},
        {"provider": {"name": None, "asn": 64500, "country": None}},
        {"certainty": "unknown"},
    ],
)
def test_a_refresh_that_learnt_less_because_registries_were_down_changes_nothing(
    home: Home, number: int, less: dict[str, Any]
) -> None:
    located(home, number, contact(), contact(REGISTRAR, "registrar"))
    before = history(home, number)
    later(home, hours=2)
    problems = {"problems": ["the registry did not answer"]}
    contacts: Sequence[dict[str, Any]] = less.pop("contacts", [contact(), contact(REGISTRAR, "registrar")])
    worse = snapshot(*contacts, **less, **problems)
    with home.session() as session:
        assert findings.keep(home, session, session.get_one(Case, number), worse) is False
    assert history(home, number) == before
    assert newest(home, number).row.checked_at == home.now()
    assert state(home, number) is CaseState.READY


def test_nobody_who_can_be_written_to_sends_the_case_to_a_person(home: Home, number: int) -> None:
    located(home, number, contact("http://meadow-hosting.example/abuse", kind="form"))
    assert state(home, number) is CaseState.REVIEW


def test_a_finding_that_was_empty_is_filled_when_registries_are_back(home: Home, number: int) -> None:
    with home.session() as session:
        row = session.get_one(Case, number)
        findings.keep(home, session, row, snapshot(problems=["the registry did not answer"]))
        row.state = CaseState.CONFIRMED
    located(home, number)
    assert state(home, number) is CaseState.READY
    assert addresses(home, number) == [HOST]


def test_the_ladder_leaves_out_forms_and_repeats_and_knows_the_dead(home: Home, number: int) -> None:
    located(
        home, number, contact("http://form.example/", "cdn", "form"), contact(), contact(HOST.upper(), "upstream"),
        contact(UPSTREAM, "upstream"),
    )  # fmt: skip
    with home.session() as session:
        findings.mark_dead(home, session, findings.contact_of(home, session, UPSTREAM.upper()).number, "bounced")
    with home.reading() as session:
        rungs = findings.ladder(home, session, newest(home, number))
        assert [(rung.address, rung.alive) for rung in rungs] == [(HOST, True), (UPSTREAM, False)]
        (dead,) = rows(session, Contact, health=ContactHealth.DEAD)
        assert (dead.health_reason, dead.health_at) == ("bounced", home.now())


UNHEARD: dict[str, Any] = {"addresses": [], "provider": None, "unheard": True, "problems": ["no name server answered"]}


def test_a_host_of_which_name_servers_say_nothing_is_not_located_whoever_sold_its_name(home: Home, number: int) -> None:
    located(home, number, contact(REGISTRAR, "registrar"), **UNHEARD)
    assert decided(home, number) == Withheld(findings.UNHEARD)
    assert state(home, number) is CaseState.CONFIRMED
    located(home, number)
    assert state(home, number) is CaseState.READY


def test_silence_of_a_day_is_a_persons_matter(home: Home, number: int) -> None:
    located(home, number, contact(REGISTRAR, "registrar"), **UNHEARD)
    later(home, hours=24)
    located(home, number, contact(REGISTRAR, "registrar"), **UNHEARD)
    decided(home, number)
    assert state(home, number) is CaseState.REVIEW


def test_a_contact_that_is_known_by_other_means_is_asked_though_name_servers_are_silent(
    home: Home, number: int
) -> None:
    located(home, number, contact(), **UNHEARD)
    assert state(home, number) is CaseState.READY


def test_no_address_of_a_finding_lies_in_the_clear(home: Home, number: int) -> None:
    located(home, number, contact(), contact(REGISTRAR, "registrar"))
    bounced(home, queued(home, number))
    home.engine.dispose()
    stored = b"".join(file.read_bytes() for file in home.settings.home.glob("hotline.db*"))
    for text in ("meadow", "names.example", "198.51.100.7"):
        assert text.encode() not in stored
    with home.reading() as session:
        assert len(rows(session, Finding)) == 1


class FakeLocator:
    """Knows where hosts are, as a ``Locator`` would find out."""

    def __init__(self, **by_host: dict[str, Any]) -> None:
        self.by_host = by_host
        self.snapshot: dict[str, Any] = {}

    async def finding(self, url: Any) -> "FakeLocator":
        found = FakeLocator(**self.by_host)
        found.snapshot = self.by_host[url.host.partition(".")[0]]
        return found

    def as_json(self) -> dict[str, Any]:
        return self.snapshot


async def test_a_notice_names_of_the_pages_only_those_that_its_recipient_hosts() -> None:
    here = snapshot(contact(HOST.upper()))
    elsewhere = snapshot(contact(UPSTREAM), contact(HOST, "upstream"))
    by_form = snapshot(contact(HOST, kind="form"))
    locator: Any = FakeLocator(here=here, elsewhere=elsewhere, form=by_form)
    pages = [f"http://{name}.example/1" for name in ("here", "elsewhere", "form")]
    assert await hosted_by(locator, HOST, pages) == ("http://here.example/1",)
