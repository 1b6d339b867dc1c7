"""The list of a notice's URLs for machines: CSV, every cell quoted and safe against formulas."""

import csv
import io
from typing import Final

from hotline.clock import utc_text
from hotline.facts import NoticeOrder
from notices.plain import cell, one_token

CSV_COLUMNS: Final = ("case", "url", "ip", "seen_at", "classification")


def csv_of(order: NoticeOrder) -> str:
    """The same list for machines, with a header line; every cell quoted and safe against formulas."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for item in order.items:
        seen = utc_text(item.seen_at) or ""
        row = (str(item.case_id), one_token(item.url), item.ip or "", seen, item.classification.value)
        writer.writerow([cell(value) for value in row])
    return out.getvalue()
