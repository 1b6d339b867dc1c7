"""Each resolver is asked on its own; the kinds of "no" are kept apart; practice never asks the real world."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import dns.rcode
import pytest

from hotline.network.resolver import Resolver
from hotline.settings import Endpoint
from hotline.words import HomeKind


def resolver_of(room, *servers, **ways) -> Resolver:
    endpoints = [getattr(server, "endpoint", server) for server in servers]
    return Resolver(endpoints, HomeKind.PRACTICE, room.clock, **({"seconds": 0.2} | ways))


async def test_two_resolvers_that_disagree_both_have_their_say(room) -> None:
    one = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    two = await room.name_server()
    replies = await resolver_of(room, one, two).lookup("a.example", "A")
    assert [reply.outcome for reply in replies] == ["answer", "nxdomain"]
    assert replies[0].records == ("198.51.100.7",)
    assert [reply.resolver for reply in replies] == [str(one.endpoint), str(two.endpoint)]


async def test_only_two_agreeing_resolvers_make_a_name_not_exist(room) -> None:
    one, two = await room.name_server(), await room.name_server()
    agreed = await resolver_of(room, one, two).addresses("a.example")
    alone = await resolver_of(room, one).addresses("a.example")
    two.rcode = dns.rcode.SERVFAIL
    torn = await resolver_of(room, one, two).addresses("a.example")
    assert (agreed.nxdomain, agreed.problem) == (True, "the name does not exist (NXDOMAIN)")
    assert (alone.nxdomain, torn.nxdomain) == (False, False)
    assert torn.problem == "the name servers disagree"


@pytest.mark.parametrize(
    ("ways", "outcome"),
    [
        ({"silent": True}, "timeout"),
        ({"rcode": dns.rcode.SERVFAIL}, "servfail"),
        ({"rcode": dns.rcode.REFUSED}, "refused"),
        ({"rcode": dns.rcode.NOTIMP}, "bad"),
        ({"rubbish": True}, "bad"),
    ],
)
async def test_the_kinds_of_no_are_kept_apart(room, ways, outcome) -> None:
    server = await room.name_server({"a.example": {"A": ["198.51.100.7"]}}, **ways)
    (reply,) = await resolver_of(room, server).lookup("a.example", "A")
    assert reply.outcome == outcome
    assert "example" not in reply.reason


async def test_a_silent_resolver_is_asked_twice_and_does_not_hold_up_the_other(room) -> None:
    silent = await room.name_server(silent=True)
    good = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    replies = await resolver_of(room, silent, good).lookup("a.example", "A")
    assert [reply.outcome for reply in replies] == ["timeout", "answer"]
    assert len(silent.asked) == 2


async def test_a_dead_resolver_is_known_at_once(room) -> None:
    dead = Endpoint(ip_address("127.0.0.1"), 1)
    (reply,) = await resolver_of(room, dead, seconds=30).lookup("a.example", "A")
    assert reply.outcome == "timeout"


async def test_a_name_without_such_a_record_is_empty_not_missing(room) -> None:
    server = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    (reply,) = await resolver_of(room, server).lookup("a.example", "AAAA")
    assert reply.outcome == "empty"


async def test_a_truncated_answer_is_asked_again_over_tcp(room) -> None:
    many = [f"198.51.100.{number}" for number in range(1, 60)]
    server = await room.name_server({"a.example": {"A": many}}, truncates=True)
    (reply,) = await resolver_of(room, server).lookup("a.example", "A")
    assert set(reply.records) == set(many)
    assert [by for *_, by in server.asked] == ["udp", "tcp"]


@pytest.mark.parametrize("only_aliases", [False, True])
async def test_aliases_are_followed_also_across_answers(room, only_aliases) -> None:
    zone = {
        "www.a.example": {"CNAME": ["edge.b.example"]},
        "edge.b.example": {"CNAME": ["node.c.example"]},
        "node.c.example": {"A": ["198.51.100.7"]},
    }
    server = await room.name_server(zone, only_aliases=only_aliases)
    answers = await resolver_of(room, server).addresses("www.a.example.")
    assert answers.names == ("edge.b.example", "node.c.example")
    assert answers.addresses == (ip_address("198.51.100.7"),)


@pytest.mark.parametrize("only_aliases", [False, True])
async def test_a_circle_of_aliases_ends(room, only_aliases) -> None:
    zone = {"a.example": {"CNAME": ["b.example"]}, "b.example": {"CNAME": ["a.example"]}}
    server = await room.name_server(zone, only_aliases=only_aliases)
    (reply,) = await resolver_of(room, server).lookup("a.example", "A")
    assert reply.outcome == "bad"


@pytest.mark.parametrize("only_aliases", [False, True])
async def test_eight_aliases_are_followed_and_nine_are_not(room, only_aliases) -> None:
    zone = {f"n{number}.example": {"CNAME": [f"n{number + 1}.example"]} for number in range(9)}
    server = await room.name_server({**zone, "n9.example": {"A": ["198.51.100.7"]}}, only_aliases=only_aliases)
    resolver = resolver_of(room, server)
    (nine,) = await resolver.lookup("n0.example", "A")
    (eight,) = await resolver.lookup("n1.example", "A")
    assert (nine.outcome, eight.outcome) == ("bad", "answer")


async def test_an_alias_to_a_missing_name_is_missing_with_its_chain(room) -> None:
    server = await room.name_server({"a.example": {"CNAME": ["b.example"]}})
    (reply,) = await resolver_of(room, server).lookup("a.example", "A")
    assert (reply.outcome, reply.names) == ("nxdomain", ("b.example",))


async def test_records_come_as_plain_text(room) -> None:
    server = await room.name_server(
        {
            "a.example": {
                "TXT": ['"64500 | 198.51.100.0/24 |" " NL"'],
                "MX": ["10 Mail.Example."],
                "NS": ["NS.example."],
            }
        }
    )
    resolver = resolver_of(room, server)
    kinds = {kind: (await resolver.lookup("a.example", kind))[0].records for kind in ("TXT", "MX", "NS")}
    assert kinds == {
        "TXT": ("64500 | 198.51.100.0/24 | NL",),
        "MX": ("10 mail.example",),
        "NS": ("ns.example",),
    }


async def test_addresses_of_all_resolvers_are_joined_without_repeats(room) -> None:
    one = await room.name_server({"a.example": {"A": ["198.51.100.7"], "AAAA": ["2001:db8::7"]}})
    two = await room.name_server({"a.example": {"A": ["198.51.100.7", "203.0.113.9"]}})
    answers = await resolver_of(room, one, two).addresses("a.example")
    assert set(map(str, answers.addresses)) == {"198.51.100.7", "2001:db8::7", "203.0.113.9"}
    assert len(answers.replies) == 4


async def test_an_ip_literal_is_its_own_answer_and_nobody_is_asked(room) -> None:
    server = await room.name_server()
    answers = await resolver_of(room, server).addresses("[2001:db8::7]")
    assert answers.addresses == (ip_address("2001:db8::7"),)
    assert not server.asked


async def test_dialling_does_not_wait_for_the_silent_once_another_has_answered(room) -> None:
    silent = await room.name_server(silent=True)
    good = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    begun = room.clock.elapsed()
    answers = await resolver_of(room, silent, good, seconds=30).addresses_to_dial("a.example")
    assert answers.addresses == (ip_address("198.51.100.7"),)
    assert room.clock.elapsed() - begun < 5


async def test_what_is_kept_for_dialling_ends_with_either_clock_or_on_request(room) -> None:
    server = await room.name_server({"a.example": {"A": ["198.51.100.7"]}}, ttl=60)
    resolver = resolver_of(room, server)

    async def asked_after(step) -> bool:
        before = len(server.asked)
        step()
        await resolver.addresses_to_dial("a.example")
        return len(server.asked) > before

    assert await asked_after(lambda: None)
    assert not await asked_after(lambda: None)
    assert await asked_after(lambda: room.clock.move_to(room.clock.now() + timedelta(hours=1)))
    assert await asked_after(resolver.forget)
    server.ttl = 0
    assert await asked_after(resolver.forget)
    assert await asked_after(lambda: None)


async def test_a_practice_home_asks_only_loopback(room) -> None:
    good = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    # Not loopback by its number, yet it would reach this server: a leak is counted here and goes nowhere else.
    unasked = await room.name_server({"a.example": {"A": ["198.51.100.7"]}})
    stranger = Endpoint(ip_address("0.0.0.0"), unasked.port)
    none = await resolver_of(room).lookup("a.example", "A")
    mixed = await resolver_of(room, stranger, good).lookup("a.example", "A")
    assert [reply.outcome for reply in none] == ["refused"]
    assert [reply.outcome for reply in mixed] == ["refused", "answer"]
    assert "HOTLINE_RESOLVERS" in none[0].reason
    assert "HOTLINE_RESOLVERS" in mixed[0].reason
    assert not unasked.asked


async def test_onion_names_are_asked_of_nobody(room) -> None:
    server = await room.name_server()
    answers = await resolver_of(room, server).addresses("a.onion")
    assert not answers.addresses
    assert not answers.nxdomain
    assert not server.asked


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", ".".join(["a" * 60] * 5)])
async def test_a_name_that_cannot_be_asked_for_is_bad(room, name) -> None:
    server = await room.name_server()
    (reply,) = await resolver_of(room, server).lookup(name, "A")
    assert reply.outcome == "bad"
    assert not replace(reply, reason="").reason
