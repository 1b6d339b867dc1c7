"""The list of a notice's URLs for machines: CSV, every cell quoted and safe against formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from hotline.clock import utc_text
from hotline.facts import NoticeItem, NoticeOrder
from notices.plain import cell, one_token

CSV_COLUMNS: Final = ("case", "url", "ip", "seen_at", "classification")


def quoted(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV with a header line; every cell quoted and safe against formulas."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_of(order: NoticeOrder) -> str:
    """The list of a message, for machines."""
    return quoted(CSV_COLUMNS, (_row(item) for item in order.items))


def _row(item: NoticeItem) -> tuple[str, ...]:
    seen = utc_text(item.seen_at) or ""
    return str(item.case_id), one_token(item.url), item.ip or "", seen, item.classification.value
