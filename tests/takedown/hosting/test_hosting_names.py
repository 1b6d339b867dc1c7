"""What resolvers say of a host, in words, where they do not agree."""

from ipaddress import ip_address

import pytest

from hotline.address import parse_url
from hotline.network.answers import DnsReply, NameAnswers, merged
from takedown.hosting.names import look_up

URL = parse_url("http://site.example/")
FOUND = DnsReply("one", "answer", ("198.51.100.7",))


class Said:
    def __init__(self, *replies: DnsReply) -> None:
        self.replies = replies

    async def lookup(self, name: str, rdtype: str) -> tuple[DnsReply, ...]:
        return self.replies

    async def addresses(self, host: str) -> NameAnswers:
        return merged(self.replies)


async def test_that_one_resolver_denies_the_name_is_told_and_the_address_kept() -> None:
    facts = await look_up(URL, Said(FOUND, DnsReply("two", "nxdomain")))
    assert facts.addresses == (ip_address("198.51.100.7"),)
    assert any("disagree" in each for each in facts.problems)


async def test_a_server_that_denies_the_name_for_ipv6_alone_is_no_disagreement() -> None:
    assert (await look_up(URL, Said(FOUND, DnsReply("one", "nxdomain")))).problems == ()


@pytest.mark.parametrize(
    ("outcome", "word"), [("nxdomain", "NXDOMAIN"), ("servfail", "SERVFAIL"), ("empty", "has no address")]
)
async def test_no_such_name_a_failing_server_and_a_name_without_address_are_told_apart(outcome: str, word: str) -> None:
    facts = await look_up(URL, Said(*(DnsReply(each, outcome) for each in ("one", "two"))))  # type: ignore[arg-type]
    assert word in facts.problems[0]
