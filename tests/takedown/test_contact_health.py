"""Whether what is sent to a contact arrives: proof kills, doubt does not, and an answer outweighs both."""

import asyncio

import pytest
from homes import later
from takedown_builders import (
    HOST,
    REGISTRAR,
    UPSTREAM,
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
from hotline.network.answers import DnsOutcome, DnsReply, NameAnswers, merged
from hotline.records import AuditLeaf, Contact, Notice, Reply
from hotline.words import CaseState, ContactHealth, ContactRole, MailRoute, ReplyKind
from scheduler.asking import CasesMove
from scheduler.contact_checks import check_mail
from takedown import contact_health, findings
from takedown.asking import Request
from takedown.mail_routes import by_replies, route_to
from takedown.on_site import on_site
from takedown.standings import Standing, in_order

SECOND = "abuse-second@meadow-hosting.example"


@pytest.fixture
def home(practice_home: Home) -> Home:
    return practice_home


@pytest.fixture
def number(home: Home) -> int:
    number = opened(home)
    located(home, number, contact(), contact(SECOND), contact(REGISTRAR, "registrar"))
    return number


def row(home: Home, address: str = HOST) -> Contact:
    with home.session() as session:
        return contact_health.contact_of(home, session, address)


def asked_now(home: Home, number: int) -> str:
    request = decided(home, number)
    assert isinstance(request, Request), request
    return request.ask.address


def came_back(home: Home, notice: int, permanent: bool) -> None:
    """The notice bounces by a report that says so."""
    with home.session() as session:
        session.add(
            Reply(notice_id=notice, kind=ReplyKind.BOUNCED, permanent=permanent, content_bi=bytes([notice]),
                  received_at=home.now())
        )  # fmt: skip
    bounced(home, notice)


def answer(home: Home, notice: int, by_person: bool = True) -> None:
    with home.session() as session:
        CasesMove(home).answered(session, session.get_one(Notice, notice), by_person)


# ---------------------------------------------------------------------- bounces and answers


def test_a_refusal_is_death_and_the_next_is_asked_at_once(home: Home, number: int) -> None:
    bounced(home, queued(home, number))
    dead = row(home)
    assert (dead.health, dead.bounces, dead.last_bounce_at) == (ContactHealth.DEAD, 1, home.now())
    assert state(home, number) is CaseState.READY
    assert asked_now(home, number) == SECOND


def test_that_time_ran_out_is_no_death_until_the_third_in_a_row(home: Home, number: int) -> None:
    healths = []
    for _ in range(3):
        came_back(home, queued(home, number), permanent=False)
        healths.append(row(home).health)
    assert healths == [ContactHealth.SUSPECT, ContactHealth.SUSPECT, ContactHealth.DEAD]


def test_a_refusal_that_proves_less_is_no_death_and_the_next_is_asked_all_the_same(home: Home, number: int) -> None:
    bounced(home, queued(home, number), "its mailbox was full")
    assert (row(home).health, row(home).health_reason) == (
        ContactHealth.SUSPECT, "bounced: its mailbox was full",
    )  # fmt: skip
    assert asked_now(home, number) == SECOND


def test_a_permanent_failure_is_death_by_whatever_way_it_is_told(home: Home, number: int) -> None:
    came_back(home, queued(home, number), permanent=True)
    assert row(home).health is ContactHealth.DEAD


def test_somebody_who_answers_works_whatever_was_thought_before(home: Home, number: int) -> None:
    notice = told(home, number)
    bounced(home, queued(home, number))
    later(home, hours=3)
    answer(home, notice)
    alive = row(home)
    assert (alive.health, alive.health_reason, alive.bounces) == (ContactHealth.VERIFIED, "somebody answered", 0)
    assert (alive.verified_at, alive.last_answer_at) == (home.now(), home.now())


def test_a_machines_word_verifies_but_raises_nobody_from_the_dead(home: Home, number: int) -> None:
    notice = told(home, number)
    answer(home, notice, by_person=False)
    assert row(home).health is ContactHealth.VERIFIED
    bounced(home, queued(home, number))
    answer(home, notice, by_person=False)
    assert row(home).health is ContactHealth.DEAD


def test_every_change_of_health_is_one_deed_in_the_audit_log(home: Home, number: int) -> None:
    for _ in range(2):
        bounced(home, queued(home, number))
    with home.reading() as session:
        assert len(rows(session, AuditLeaf, deed="contact:health:dead")) == 1


def test_a_contact_whom_a_person_revives_is_asked_about_the_same_case_again(home: Home, number: int) -> None:
    bounced(home, queued(home, number))
    assert asked_now(home, number) == SECOND
    later(home, hours=1)
    with home.session() as session:
        contact_health.revive(home, session, contact_health.contact_of(home, session, HOST), "ana", "they called")
    assert asked_now(home, number) == HOST
    assert row(home).health is ContactHealth.UNKNOWN


# ---------------------------------------------------------------------- the way mail goes


class Servers:
    """Two name servers that answer from a table: (name, type) to an outcome or records, for both or for each."""

    def __init__(self, table: dict[tuple[str, str], object]) -> None:
        self.table = table
        self.asked: list[tuple[str, str]] = []

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        self.asked.append((name, rdtype))
        told = self.table.get((name, rdtype), "nxdomain")
        return tuple(self._reply(one) for one in (told if isinstance(told, tuple) else (told, told)))

    def _reply(self, told: object) -> DnsReply:
        if isinstance(told, list):
            return DnsReply("one", "answer", tuple(told))
        outcome: DnsOutcome = told  # type: ignore[assignment]
        return DnsReply("one", outcome)

    async def addresses(self, host: str) -> NameAnswers:
        return merged([*await self.lookup(host, "A"), *await self.lookup(host, "AAAA")])


DOMAIN = "meadow-hosting.example"
ROUTES = {
    "an exchanger": ({"MX": ["10 mx.meadow-hosting.example"]}, MailRoute.EXCHANGER),
    "an exchanger by one server alone": ({"MX": ("timeout", ["10 mx.test"])}, MailRoute.EXCHANGER),
    "a null MX": ({"MX": ["0 ."]}, MailRoute.REFUSED),
    "a null MX beside another": ({"MX": ["0 .", "10 mx.test"]}, MailRoute.EXCHANGER),
    "no exchanger but an address": ({"MX": "empty", "A": ["198.51.100.1"], "AAAA": "empty"}, MailRoute.ADDRESS),
    "neither": ({"MX": "empty", "A": "empty", "AAAA": "empty"}, MailRoute.NONE),
    "no such name": ({}, MailRoute.NONE),
    "no such name, by one server alone": ({"MX": ("nxdomain", "servfail")}, MailRoute.UNKNOWN),
    "servers that fail": ({"MX": "servfail"}, MailRoute.UNKNOWN),
    "servers that are silent": ({"MX": "timeout"}, MailRoute.UNKNOWN),
    "no answer for the addresses": ({"MX": "empty", "A": "timeout", "AAAA": "empty"}, MailRoute.UNKNOWN),
    "servers that disagree": ({"MX": ("nxdomain", "empty"), "A": "empty", "AAAA": "nxdomain"}, MailRoute.NONE),
}


def servers(what: str) -> Servers:
    table, _ = ROUTES[what]
    return Servers({(DOMAIN, rdtype): told for rdtype, told in table.items()})


@pytest.mark.parametrize("what", ROUTES)
async def test_the_way_to_a_domain(what: str) -> None:
    assert await route_to(HOST, servers(what)) is ROUTES[what][1]


async def test_a_domain_that_cannot_be_asked_for_is_unknown() -> None:
    assert await route_to("abuse@" + "a" * 80 + ".example", Servers({})) is MailRoute.UNKNOWN
    assert by_replies([]) is MailRoute.UNKNOWN


async def test_a_null_mx_is_death_at_once_and_the_next_is_asked(home: Home, number: int) -> None:
    assert await check_mail(home, servers("a null MX"), [HOST]) == 1
    assert (row(home).health, row(home).mail_route) == (ContactHealth.DEAD, MailRoute.REFUSED)
    assert asked_now(home, number) == SECOND


async def test_no_exchanger_makes_suspect_and_is_asked_all_the_same(home: Home, number: int) -> None:
    assert await check_mail(home, servers("no such name"), [HOST]) == 0
    assert (row(home).health, row(home).health_reason) == (ContactHealth.SUSPECT, contact_health.NO_EXCHANGER)
    assert asked_now(home, number) == HOST


async def test_servers_that_cannot_say_change_nothing(home: Home, number: int) -> None:
    await check_mail(home, servers("servers that fail"), [HOST])
    assert (row(home).health, row(home).mail_route) == (ContactHealth.UNKNOWN, MailRoute.UNKNOWN)


async def test_an_answer_outweighs_what_name_servers_do_not_know(home: Home, number: int) -> None:
    answer(home, told(home, number))
    await check_mail(home, servers("no such name"), [HOST])
    assert row(home).health is ContactHealth.VERIFIED


async def test_a_domain_is_asked_about_once_a_day_and_an_unclear_one_once_an_hour(home: Home, number: int) -> None:
    for what, hours in (("an exchanger", 24), ("no such name", 1), ("servers that fail", 1)):
        known = servers(what)
        await check_mail(home, known, [HOST, SECOND, HOST.upper()])
        assert known.asked.count((DOMAIN, "MX")) == 1
        later(home, hours=hours, seconds=-1)
        await check_mail(home, known, [HOST, SECOND])
        assert known.asked.count((DOMAIN, "MX")) == 1
        later(home, seconds=1)


async def test_who_died_by_a_null_mx_is_asked_about_again_the_next_day(home: Home, number: int) -> None:
    await check_mail(home, servers("a null MX"), [HOST])
    later(home, hours=24)
    assert asked_now(home, number) == HOST
    await check_mail(home, servers("an exchanger"), [HOST])
    assert row(home).health is ContactHealth.UNKNOWN


async def test_name_servers_without_end_keep_no_notice_waiting(home: Home, number: int) -> None:
    class Endless(Servers):
        async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
            await asyncio.Event().wait()
            return ()

    assert await check_mail(home, Endless({}), [HOST], seconds=0.01) == 0
    assert row(home).mail_route is MailRoute.UNKNOWN


# ---------------------------------------------------------------------- the order within a role


def standing(
    address: str, health: ContactHealth = ContactHealth.UNKNOWN, role: str = "host", own: bool = False
) -> Standing:
    return Standing(address, ContactRole(role), True, health, own)


def order(*standings: Standing) -> list[str]:
    return [each.address for each in in_order(standings)]


def test_a_suspect_contact_keeps_its_place_unless_somebody_of_its_role_has_answered() -> None:
    doubtful, unheard = standing("a", ContactHealth.SUSPECT), standing("b")
    answered, above = standing("c", ContactHealth.VERIFIED), standing("d", ContactHealth.VERIFIED, "registrar")
    assert order(doubtful, unheard, above) == ["a", "b", "d"]
    assert order(doubtful, unheard, answered, above) == ["b", "c", "a", "d"]


def test_an_address_on_the_sites_own_domain_comes_last_of_its_role_and_before_the_next() -> None:
    own = standing("a", ContactHealth.VERIFIED, own=True)
    assert order(own, standing("b"), standing("c", role="upstream")) == ["b", "a", "c"]


def test_the_sites_own_domain_is_that_of_whoever_put_it_up(home: Home) -> None:
    table = contact("abuse@table.meadow.example") | {"source": "override"}
    found = snapshot(table, host="www.meadow.example")
    assert on_site(home, found, "abuse@mail.meadow.example")
    assert not on_site(home, found, "abuse@table.meadow.example"), "a person wrote it into a table"
    assert not on_site(home, snapshot(host="198.51.100.7"), "abuse@meadow.example")
    assert not on_site(home, found, HOST)


def test_a_platform_is_not_its_customers_site(home: Home) -> None:
    entry = 'name="P"\ncertainty="shared_platform"\nsource="s"\nnoted=2030-01-01\nsuffixes=["blogs.example"]\n'
    (home.settings.home / "edges.toml").write_text(f"[[edge]]\n{entry}")
    found = snapshot(host="someone.blogs.example")
    assert not on_site(home, found, "abuse@blogs.example")
    assert on_site(home, found, "abuse@mail.someone.blogs.example")
    assert on_site(home, snapshot(host="someone.github.io"), "abuse@someone.github.io")
    assert not on_site(home, snapshot(host="someone.github.io"), "abuse@github.io")


def test_who_is_asked_is_not_the_site_itself_where_another_desk_of_the_host_is_known(home: Home) -> None:
    number = opened(home)
    located(home, number, contact("abuse@meadow.example"), contact(), contact(UPSTREAM, "upstream"))
    with home.reading() as session:
        found = findings.newest(home, session, case(home, number))
        assert found is not None
        assert [each.address for each in findings.ladder(home, session, found)] == [
            HOST, "abuse@meadow.example", UPSTREAM,
        ]  # fmt: skip
