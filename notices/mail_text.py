"""Reading a message that arrived, however broken it is: headers, its own words, and what it quotes.

Answers come from every mail program there is, some from people who wish us ill: whatever cannot be decoded is read as
well as it can be, and nothing here raises for it.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import Parser
from email.policy import compat32
from html import unescape
from typing import Any, Final, TypeAlias

from notices.bounce_words import SEPARATOR, SEPARATOR_LINE

Part: TypeAlias = "Message[Any, Any]"
"""A message or a part of one, as the library reads it."""

_HEADERS_OF_OTHERS: Final = (
    "text/rfc822-headers",
    "text/rfc822-header",
    "message/rfc822-headers",
    "message/global-headers",
)
_STATUS: Final = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
_STATUS_FIELDS: Final = re.compile(r"(?im)^(final|original)-recipient[ \t]*:[^\n]{0,500}$")
_QUOTE_STARTS: Final = re.compile(rf"(?im)^[ \t]*(?:[-=*|_#>]{{2,}} ?(?:{SEPARATOR})|(?:{SEPARATOR_LINE})).{{0,500}}$")
_DEEPEST: Final = 200
_TYPE: Final = re.compile(rb"(?im)^content-(?:type|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")
_ENCODED: Final = ("base64", "quoted-printable")
_GAPS: Final = re.compile(rb"(?:\r?\n){3,}")
_MOST_GAPS: Final = 5_000
_LONGEST_TYPE: Final = 5_000
"""Bytes of a header whose parameters the library takes apart in time that grows with the square of their number."""

MOST_TEXT: Final = 100_000
"""Characters of a message's own words that are read, and of one line ``MOST_LINE``: patterns run over them."""
MOST_LINE: Final = 2_000
_MOST_HEADER: Final = 10_000


@dataclass(frozen=True)
class StatusBlock:
    """One recipient's block of a delivery report (RFC 3464)."""

    final: str
    original: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True)
class Mail:
    """What a message says. ``text`` are its own words, without what it quotes; ``quoted`` the headers it quotes.

    ``written`` are fields of a report that stand in its text, where anybody may write them.
    ``cut``: its text goes on with a message that it quotes. ``is_status_report``: it calls itself a delivery report.
    """

    message: Part
    text: str
    quoted: tuple[Part, ...]
    blocks: tuple[StatusBlock, ...]
    whole: str
    cut: bool = False
    written: tuple[StatusBlock, ...] = ()

    @property
    def is_status_report(self) -> bool:
        """Whether the message calls itself a delivery report (RFC 6522), with or without its fields."""
        return str(self.message.get_param("report-type") or "").lower() == "delivery-status"

    def header(self, name: str) -> str:
        """The first header of this name, decoded; empty when there is none."""
        return header_of(self.message, name)

    def headers(self, name: str) -> tuple[str, ...]:
        """All headers of this name, decoded."""
        return tuple(_decoded(value) for value in self.message.get_all(name, []))


def parse(raw: bytes) -> Mail:
    """Reads a message.

    Raises:
        ValueError: it is made so that reading it would take minutes.
    """
    if raw.count(b"multipart/") > _DEEPEST:
        raise ValueError("too many parts within parts")
    if any(len(found[0]) > _LONGEST_TYPE for found in _TYPE.finditer(raw)):
        raise ValueError("a content type that is too long to be one")
    if raw.count(b"\n\n") + raw.count(b"\n\r\n") > _MOST_GAPS:
        raw = _GAPS.sub(b"\n\n", raw)  # the library makes a part of each block of a report, empty ones too
    message = message_from_bytes(raw, policy=compat32)
    parts = list(_leaves(message, 0))
    words, cut = _own_words(parts)
    inner = [part for part in parts if _is_report_inside(part)] if len(words.strip()) < _FEW else []
    status = [*parts, *(leaf for part in inner for leaf in _leaves(part.get_payload(0), 1))]
    return Mail(
        message=message,
        text=words,
        quoted=tuple(found for part in status for found in _quoted_in(part)),
        blocks=tuple(found for part in status if part.get_content_type() in _STATUS for found in _blocks(part)),
        written=tuple(found for part in status for found in _blocks_in_text(part)),
        whole=raw.decode("latin-1"),
        cut=cut,
    )


_FEW: Final = 40
"""Characters of own words up to which a message that holds a report is that report, passed on by a gateway."""


def _is_report_inside(part: Part) -> bool:
    payload = part.get_payload()
    if part.get_content_type() not in ("message/rfc822", "message/global") or not isinstance(payload, list):
        return False
    inner = payload[0]
    if not isinstance(inner, Message) or inner.get_content_type() != "multipart/report":
        return False
    return str(inner.get_param("report-type") or "").lower() != "feedback-report"  # that is a notice of ours


def _blocks_in_text(part: Part) -> list[StatusBlock]:
    """Some systems write the fields of a report into a plain text."""
    if part.get_content_maintype() != "text" or not (text := text_of(part)[:MOST_TEXT]):
        return []
    found = _STATUS_FIELDS.search(text)
    if found is None or _is_quoted(text, found.start()):
        return []
    return _blocks_in(text[found.start() :])


def _is_quoted(text: str, at: int) -> bool:
    cut = _QUOTE_STARTS.search(text)
    return cut is not None and cut.start() < at


def header_of(part: Part, name: str) -> str:
    """A header of a part, decoded and on one line; empty when there is none."""
    value = part.get(name)
    return "" if value is None else _decoded(value)


def _decoded(value: object) -> str:
    text = str(value)[:_MOST_HEADER]
    try:
        text = str(make_header(decode_header(text)))
    except Exception:  # whatever a hostile header raises, its raw text still serves
        text = str(value)[:_MOST_HEADER]
    return " ".join(text.split())


def _leaves(part: Part, depth: int) -> Any:
    payload = part.get_payload()
    inside = part.get_content_maintype() == "multipart" and isinstance(payload, list) and depth < 20
    if inside and isinstance(payload, list):
        for child in payload:
            if isinstance(child, Message):
                yield from _leaves(child, depth + 1)
    else:
        yield part


def _own_words(parts: list[Part]) -> tuple[str, bool]:
    """The words, and whether they go on with what they quote."""
    plain = [text_of(part) for part in parts if part.get_content_type() == "text/plain"]
    if not any(text.strip() for text in plain):
        plain = [
            without_tags(text_of(part)[: 4 * MOST_TEXT]) for part in parts if part.get_content_type() == "text/html"
        ]
    words = "\n".join(line[:MOST_LINE] for line in "\n".join(plain)[:MOST_TEXT].splitlines())
    cut = _QUOTE_STARTS.search(words)
    words = words[: cut.start()] if cut else words
    return "\n".join(line for line in words.splitlines() if not line.lstrip().startswith(">")), cut is not None


def without_tags(markup: str) -> str:
    """HTML as plain text, in one pass: what an unclosed tag holds is left out."""
    found = []
    at = 0
    while (start := markup.find("<", at)) >= 0:
        found.append(markup[at:start])
        name = markup[start + 1 : start + 8].lower()
        closing = next((f"</{each}" for each in ("script", "style") if name.startswith(each)), "")
        end = markup.lower().find(closing, start) if closing else start
        end = markup.find(">", end) if end >= 0 else -1
        found.append("\n" if name.startswith(("br", "p", "/p", "div", "/div", "li", "tr")) else " ")
        if end < 0:
            return unescape("".join(found))
        at = end + 1
    return unescape("".join([*found, markup[at:]]))


def text_of(part: Part) -> str:
    """The text of a part, decoded as well as it can be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


def _quoted_in(part: Part) -> list[Part]:
    kind = part.get_content_type()
    if kind in _HEADERS_OF_OTHERS:
        return [Parser(policy=compat32).parsestr(text_of(part).lstrip(), headersonly=True)]
    payload = part.get_payload()
    if kind in ("message/rfc822", "message/global") and isinstance(payload, list):
        return [child for child in payload if isinstance(child, Message)]
    return []


def _blocks(part: Part) -> list[StatusBlock]:
    payload = part.get_payload()
    if isinstance(payload, list) and str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _ENCODED:
        return _blocks_in(_unpacked(part, payload))
    if isinstance(payload, list):
        # The parser makes a message of each block; an encoded part ends up whole in the first one's text.
        texts = [_block_text(child) for child in payload if isinstance(child, Message)]
    else:
        return _blocks_in(text_of(part)[:MOST_TEXT])
    return _read_blocks(texts)


def _blocks_in(text: str) -> list[StatusBlock]:
    return _read_blocks(re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))


def _read_blocks(texts: list[str]) -> list[StatusBlock]:
    parsed = (Parser(policy=compat32).parsestr(text.lstrip(), headersonly=True) for text in texts)
    return [block for block in map(_block, parsed) if block.final or block.original or block.action or block.status]


def _unpacked(part: Part, blocks: list[Any]) -> str:
    """The text of an encoded report part, which the library has split as if it were not encoded."""
    bare: Part = Message(policy=compat32)
    bare["Content-Transfer-Encoding"] = str(part["Content-Transfer-Encoding"])
    bare.set_payload("\n\n".join(_block_text(each) for each in blocks if isinstance(each, Message)))
    return text_of(bare)[:MOST_TEXT]


def _block_text(block: Part) -> str:
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in block.items()]
    rest = block.get_payload()
    return "\n".join([*lines, rest if isinstance(rest, str) else ""])


def _block(headers: Part) -> StatusBlock:
    return StatusBlock(
        final=_recipient(header_of(headers, "Final-Recipient")),
        original=_recipient(header_of(headers, "Original-Recipient")),
        action=header_of(headers, "Action").partition(" ")[0].lower(),
        status=header_of(headers, "Status"),
        diagnostic=header_of(headers, "Diagnostic-Code"),
    )


def _recipient(value: str) -> str:
    return value.rpartition(";")[2].strip().strip("<>").strip().lower()
