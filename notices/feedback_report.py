"""The machine part of a notice's message in the manner of abuse reports (RFC 5965, ``message/feedback-report``).

Pure. Every field is a line of its own, and nothing that others wrote can begin another one: what stands here are times,
numbers, checked addresses and single tokens of printable ASCII.
"""

from collections.abc import Iterator
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from hotline.address import is_ip_literal
from hotline.facts import NoticeOrder
from notices.listing import host_of, ip_of
from notices.plain import one_token

FEEDBACK_TYPE: Final = "xarf"
"""What XARF's mails say here: the document behind tells what kind of abuse it is."""

_LONGEST_VALUE: Final = 900
"""Signs of a URL that fit on one line of mail."""


def report_of(order: NoticeOrder) -> str:
    """The fields, one a line, ended by CRLF."""
    return "".join(f"{name}: {value}\r\n" for name, value in _fields(order))


def _fields(order: NoticeOrder) -> Iterator[tuple[str, str]]:
    yield "Feedback-Type", FEEDBACK_TYPE
    yield "User-Agent", "hotline"
    yield "Version", "1"
    yield "Arrival-Date", format_datetime(min(item.seen_at for item in order.items).astimezone(UTC))
    yield "Incidents", str(len(order.items))
    addresses = {ip_of(item) for item in order.items}
    if len(addresses) == 1 and (only := addresses.pop()):
        yield "Source-IP", only
    yield from (("Reported-Domain", host) for host in _domains(order))
    urls = (one_token(item.url) for item in order.items)
    yield from (("Reported-URI", url) for url in urls if _fits(url))


def _fits(url: str) -> bool:
    """Whether a URL is read as it stands. A longer one would be broken, and one that holds an encoded word (RFC 2047)
    decoded: it would be another. It stands in the text, the document and the table all the same."""
    return 0 < len(url) <= _LONGEST_VALUE and "=?" not in url


def _domains(order: NoticeOrder) -> dict[str, None]:
    hosts = (host_of(item) for item in order.items)
    return dict.fromkeys(host for host in hosts if host and not is_ip_literal(host))
