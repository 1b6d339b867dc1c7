"""A notice's URLs as files for the recipient's own tools: CSV, JSON, and the XARF documents of its message."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any, Final

from hotline.clock import utc_text
from hotline.home import Home
from hotline.records import Notice
from notices.answering import Item
from notices.listing import quoted
from notices.plain import one_token

FORMATS: Final = ("csv", "json", "xarf")
_LINES: Final = "application/x-ndjson"
_DOCUMENTS: Final = ("application/json", _LINES)
COLUMNS: Final = ("id", "url", "state", "classification", "answer", "answered_at")


@dataclass(frozen=True)
class Export:
    """A file to be saved: its name, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes


def export(home: Home, notice: Notice, items: Sequence[Item], form: str) -> Export | None:
    """The notice in one of ``FORMATS``; ``None`` for XARF where its message carries none."""
    name = f"notice-{notice.number}"
    if form == "csv":
        return Export(f"{name}.csv", "text/csv; charset=utf-8", csv_of(items).encode())
    if form == "json":
        document = {"notice": notice.number, "language": notice.language, "items": [row_of(item) for item in items]}
        return Export(f"{name}.json", "application/json", _json(document))
    documents = list(xarf_in(home.vault.text(notice, "bytes").encode("latin-1")))
    return Export(f"{name}.xarf.json", "application/json", _json(documents)) if documents else None


def row_of(item: Item) -> dict[str, Any]:
    """One item with everything that its recipient may know."""
    return {
        "id": item.number,
        "url": item.url,
        "state": item.state.value,
        "classification": item.classification.value,
        "pages": list(item.pages),
        "answer": item.answer.value if item.answer else None,
        "answered_at": utc_text(item.answered_at),
    }


def csv_of(items: Sequence[Item]) -> str:
    """The same for a spreadsheet."""
    rows = (row_of(item) | {"url": one_token(item.url)} for item in items)
    return quoted(COLUMNS, (["" if row[name] is None else str(row[name]) for name in COLUMNS] for row in rows))


def xarf_in(message: bytes) -> Iterator[dict[str, Any]]:
    """The XARF documents among the parts of a message of ours, signed or not: the very ones that were mailed."""
    for part in message_from_bytes(message, policy=default).walk():
        payload = part.get_payload(decode=True) if part.get_content_type() in _DOCUMENTS else None
        if isinstance(payload, bytes):
            yield from _documents(payload, by_line=part.get_content_type() == _LINES)


def _documents(payload: bytes, *, by_line: bool) -> Iterator[dict[str, Any]]:
    for text in payload.splitlines() if by_line else [payload]:
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, dict) and "xarf_version" in found:
            yield found


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
