"""What name servers say about a host, kept apart: an answer, no such name, no answer."""

from dataclasses import dataclass

from hotline.address import Url
from hotline.network.answers import DnsReply
from takedown.hosting.blocks import Address
from takedown.hosting.doors import Names


@dataclass(frozen=True)
class NameFacts:
    """The addresses of a host by all resolvers, its aliases in order, and what went wrong in words.

    ``nxdomain``: at least two resolvers were asked, and all say that the name does not exist. ``unheard``: not one of
    them said anything, which is more likely our fault than the host's.
    """

    host: str
    addresses: tuple[Address, ...] = ()
    names: tuple[str, ...] = ()
    nxdomain: bool = False
    unheard: bool = False
    problems: tuple[str, ...] = ()


async def look_up(url: Url, resolver: Names) -> NameFacts:
    """Looks the URL's host up. An IP literal is its own address; an onion name is asked of nobody."""
    if url.ip is not None:
        return NameFacts(url.host, (url.ip,))
    if url.is_onion:
        return NameFacts(url.host, problems=("an onion service has no network that could be asked",))
    answers = await resolver.addresses(url.host)
    problems = [f"the host has no known address: {answers.problem}"] if answers.problem else []
    silent = [reply for reply in answers.replies if reply.outcome in ("timeout", "servfail", "refused", "bad")]
    if answers.addresses and silent:
        asked = {reply.resolver for reply in answers.replies}
        failed = {reply.resolver for reply in silent}
        problems.append(f"{len(failed)} of {len(asked)} name servers gave no usable answer")
    if answers.addresses and _denied(answers.replies):
        problems.append("the name servers disagree: to some of them the name does not exist")
    unheard = {reply.outcome for reply in answers.replies} == {"timeout"}
    return NameFacts(url.host, answers.addresses, answers.names, answers.nxdomain, unheard, tuple(problems))


def _denied(replies: tuple[DnsReply, ...]) -> bool:
    """Whether a resolver says that the name does not exist while another has an address."""
    found = {reply.resolver for reply in replies if reply.outcome == "answer"}
    return any(reply.outcome == "nxdomain" and reply.resolver not in found for reply in replies)
