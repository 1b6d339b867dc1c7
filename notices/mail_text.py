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
from typing import Any, Final, TypeAlias

Part: TypeAlias = "Message[Any, Any]"
"""A message or a part of one, as the library reads it."""

_HEADERS_OF_OTHERS: Final = ("text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers")
_TAG: Final = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>")
_QUOTE_STARTS: Final = re.compile(
    r"(?im)^\s*(-{2,} ?(below this line is|this is a copy|original message|message headers?|the (body|header)"
    r"|undelivered message|returned message|forwarded message|ursprüngliche nachricht|message d'origine|"
    r"mensaje original)|received: (from|by) ).*"
)


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
    """What a message says. ``text`` are its own words, without what it quotes; ``quoted`` the headers it quotes."""

    message: Part
    text: str
    quoted: tuple[Part, ...]
    blocks: tuple[StatusBlock, ...]
    whole: str

    def header(self, name: str) -> str:
        """The first header of this name, decoded; empty when there is none."""
        return header_of(self.message, name)

    def headers(self, name: str) -> tuple[str, ...]:
        """All headers of this name, decoded."""
        return tuple(_decoded(value) for value in self.message.get_all(name, []))


def parse(raw: bytes) -> Mail:
    """Reads a message."""
    message = message_from_bytes(raw, policy=compat32)
    parts = list(_leaves(message, 0))
    return Mail(
        message=message,
        text=_own_words(parts),
        quoted=tuple(found for part in parts for found in _quoted_in(part)),
        blocks=tuple(
            found for part in parts if part.get_content_type() == "message/delivery-status" for found in _blocks(part)
        ),
        whole=raw.decode("latin-1"),
    )


def header_of(part: Part, name: str) -> str:
    """A header of a part, decoded and on one line; empty when there is none."""
    value = part.get(name)
    return "" if value is None else _decoded(value)


def _decoded(value: object) -> str:
    text = str(value)
    try:
        text = str(make_header(decode_header(text)))
    except Exception:  # whatever a hostile header raises, its raw text still serves
        text = str(value)
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


def _own_words(parts: list[Part]) -> str:
    plain = [text_of(part) for part in parts if part.get_content_type() == "text/plain"]
    if not any(text.strip() for text in plain):
        plain = [_TAG.sub(" ", text_of(part)) for part in parts if part.get_content_type() == "text/html"]
    words = "\n".join(plain)
    cut = _QUOTE_STARTS.search(words)
    words = words[: cut.start()] if cut else words
    return "\n".join(line for line in words.splitlines() if not line.lstrip().startswith(">"))


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
    if isinstance(payload, list):
        # The parser makes a message of each block; an encoded part ends up whole in the first one's text.
        texts = [_block_text(child) for child in payload if isinstance(child, Message)]
    else:
        texts = re.split(r"\n\s*\n", text_of(part).replace("\r\n", "\n"))
    parsed = (Parser(policy=compat32).parsestr(text.lstrip(), headersonly=True) for text in texts)
    return [block for block in map(_block, parsed) if block.final or block.original or block.action or block.status]


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
