"""The list of a notice's URLs for machines: CSV, every cell quoted and safe against formulas; and what of a URL is a
fact of its own: its host, its address."""

import csv
import io
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Final

from hotline.address import BadUrl, parse_url
from hotline.clock import utc_text
from hotline.facts import NoticeItem, NoticeOrder
from hotline.words import DigestKind
from notices.plain import cell, one_token

CSV_COLUMNS: Final = ("case", "url", "ip", "seen_at", "classification")
"""Behind them a column for each kind of digest that a message carries: none, unless the operator lets some out."""


def quoted(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV with a header line; every cell quoted and safe against formulas."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_of(order: NoticeOrder) -> str:
    """The list of a message, for machines."""
    carried = {kind for item in order.items for kind, _ in item.digests}
    kinds = [kind for kind in DigestKind if kind in carried]
    return quoted((*CSV_COLUMNS, *(kind.value for kind in kinds)), (_row(item, kinds) for item in order.items))


def _row(item: NoticeItem, kinds: Sequence[DigestKind]) -> tuple[str, ...]:
    seen = utc_text(item.seen_at) or ""
    digests = dict(item.digests)
    plain = str(item.case_id), one_token(item.url), one_token(item.ip or ""), seen, item.classification.value
    return plain + tuple(digests.get(kind, "") for kind in kinds)


def ip_of(item: NoticeItem) -> str | None:
    """The item's address as it is written usually; ``None`` where none is known."""
    try:
        return str(ip_address(item.ip or ""))
    except ValueError:
        return None


def host_of(item: NoticeItem) -> str | None:
    """The host in the item's URL, in ASCII, as it may stand in a header; ``None`` where there is none."""
    try:
        return one_token(parse_url(item.url).host)
    except BadUrl:
        return None
