"""How mail goes to a domain, by what every name server says of it (RFC 5321, section 5.1; RFC 7505).

Unknown is not dead: a server that does not answer, and two that disagree, say nothing against a contact.
"""

from collections.abc import Sequence
from typing import Final

from hotline.address import is_ip_literal
from hotline.network.answers import DnsReply
from hotline.words import MailRoute
from takedown.hosting.doors import Names
from takedown.hosting.mailboxes import domain_of

_DENIALS: Final = frozenset({"nxdomain", "empty"})


async def route_to(address: str, names: Names) -> MailRoute:
    """How mail goes to a mail address at this moment."""
    domain = _asked_for(domain_of(address))
    if domain is None:
        return MailRoute.UNKNOWN
    if is_ip_literal(domain):
        return MailRoute.ADDRESS
    by_exchanger = by_replies(await names.lookup(domain, "MX"))
    if by_exchanger is not None:
        return by_exchanger
    answers = await names.addresses(domain)
    if answers.addresses:
        return MailRoute.ADDRESS  # the implicit MX of RFC 5321
    return MailRoute.NONE if _all_deny(answers.replies) else MailRoute.UNKNOWN


def _asked_for(domain: str) -> str | None:
    try:
        return domain.strip(" .").encode("idna").decode("ascii") or None
    except UnicodeError:
        return None


def by_replies(replies: Sequence[DnsReply]) -> MailRoute | None:
    """What the replies to a question for MX say; ``None`` where the domain's addresses decide."""
    records = [record for reply in replies if reply.outcome == "answer" for record in reply.records]
    if records:
        # A null MX stands alone. Whoever sees another one beside it sees a way.
        return MailRoute.REFUSED if all(_is_null(record) for record in records) else MailRoute.EXCHANGER
    if replies and all(reply.outcome == "nxdomain" for reply in replies):
        return MailRoute.NONE
    return None if _all_deny(replies) else MailRoute.UNKNOWN


def _is_null(record: str) -> bool:
    return record.split()[1:] in ([], ["."])  # "0 ."


def _all_deny(replies: Sequence[DnsReply]) -> bool:
    return bool(replies) and all(reply.outcome in _DENIALS for reply in replies)
