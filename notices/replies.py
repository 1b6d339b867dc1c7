"""What an answer is, and to which notice it belongs: pure, from the bytes alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import Final

from hotline.words import ReplyKind
from notices import tokens
from notices.automatic import is_automatic
from notices.bounces import Failed, report_of
from notices.mail_text import Mail, Part, header_of, parse

_ADDRESSED: Final = (
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "X-Delivered-To", "To", "Cc",
)  # fmt: skip
_READ: Final = 4 * 1024 * 1024
"""Bytes in which an answer says what it is; behind them come attachments."""

_THREAD: Final = ("In-Reply-To", "References")


@dataclass(frozen=True)
class Clue:
    """Something by which a notice may be found: its return path's token, or its Message-ID."""

    token: str | None = None
    message_id: str | None = None


@dataclass(frozen=True)
class Reading:
    """What an answer says. ``kind`` is never ``unmatched``: that is for whoever looks the clues up.

    ``failed`` are the recipients that a report names, ``quoted_to`` and ``quoted_ids`` the original that it quotes.
    ``is_report``: a mail system tells of a delivery; it says nothing of who reads the mail. ``words`` are the sender's
    own, without what they quote.
    """

    kind: ReplyKind
    clues: tuple[Clue, ...] = field(repr=False)
    permanent: bool = False
    is_report: bool = False
    code: str | None = None
    failed: frozenset[str] = field(default=frozenset(), repr=False)
    quoted_to: frozenset[str] = field(default=frozenset(), repr=False)
    quoted_ids: frozenset[str] = field(default=frozenset(), repr=False)
    sender: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


def read(raw: bytes) -> Reading:
    """Reads an answer. One that cannot be parsed at all counts as written by a person, who will be read by one."""
    try:
        mail = parse(raw[:_READ])
        return _reading(mail)
    except Exception:  # the parser's own faults on hostile input must not stop the rest of the inbox
        return Reading(ReplyKind.REPLIED, tuple(_in_text(raw.decode("latin-1"))))


def _reading(mail: Mail) -> Reading:
    report = report_of(mail)
    failed = report if isinstance(report, Failed) else None
    automatic = report is not None or is_automatic(mail)
    kind = ReplyKind.AUTOMATIC if automatic else ReplyKind.REPLIED
    quoted_to = [header_of(original, "To") for original in mail.quoted]
    return Reading(
        kind=ReplyKind.BOUNCED if failed else kind,
        clues=tuple(dict.fromkeys(_clues(mail))),
        permanent=failed is not None and failed.permanent,
        is_report=report is not None,
        code=failed.code if failed else None,
        failed=failed.recipients if failed else frozenset(),
        quoted_to=frozenset(address.lower() for _, address in getaddresses(quoted_to)),
        quoted_ids=frozenset(tokens.message_ids_in(header_of(original, "Message-ID") for original in mail.quoted)),
        sender=next((address for _, address in getaddresses([mail.header("From")])), ""),
        words=mail.text,
    )


def _clues(mail: Mail) -> Iterator[Clue]:
    """The best first: who it was addressed to, what it answers, what it quotes, and anything like it in the text."""
    for name in _ADDRESSED:
        yield from (Clue(token=token) for token in tokens.tokens_in(mail.headers(name)))
    for name in _THREAD:
        yield from (Clue(message_id=found) for found in tokens.message_ids_in(mail.headers(name)))
    for original in mail.quoted:
        yield from _in_text("\n".join(f"{name}: {value}" for name, value in original.items()))
    yield from _in_text(mail.text)
    yield from _in_text(mail.whole)
    yield from (clue for part in mail.message.walk() for clue in _in_text(_decoded(part)))


def _decoded(part: Part) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def _in_text(text: str) -> Iterator[Clue]:
    yield from (Clue(message_id=found) for found in tokens.message_ids_in([text]))
    yield from (Clue(token=token) for token in tokens.tokens_in([text]))


def is_about_another(reading: Reading, to: str, message_id: str | None) -> bool:
    """Whether a report is about somebody to whom our recipient passed the message on.

    Then it did arrive where we sent it, though perhaps nobody reads it there. Only believed when the report quotes our
    message and names only others.
    """
    ours = to.lower()
    if not reading.failed or any(_same_mailbox(ours, other) for other in reading.failed):
        return False
    return ours in reading.quoted_to or (message_id or "") in reading.quoted_ids


def _same_mailbox(ours: str, other: str) -> bool:
    """The same, or the same name at a machine of the same domain: ``abuse@a.example`` and ``abuse@mx.a.example``."""
    (name, _, domain), (other_name, _, other_domain) = ours.partition("@"), other.partition("@")
    return name == other_name and (
        domain == other_domain or other_domain.endswith("." + domain) or domain.endswith("." + other_domain)
    )


_KEPT: Final = frozenset({"text", "message", "multipart"})
_ENCRYPTED: Final = re.compile(r"multipart/encrypted|application/(x-)?pkcs7-mime", re.IGNORECASE)


def without_media(raw: bytes) -> bytes:
    """The message as it may be kept: nothing but text. No copy of a picture may exist here, also not one sent to us.

    An encrypted message is kept as it is: without the recipient's key it is no picture.
    """
    try:
        message = parse(raw).message
        if _ENCRYPTED.match(message.get_content_type()):
            return raw
        media = [part for part in message.walk() if part.get_content_maintype() not in _KEPT]
        for part in media:
            _empty(part)
        return message.as_bytes() if media else raw
    except Exception:  # a message that cannot be taken apart: its head and the start of its text
        return raw.partition(b"\n\n")[0][:20_000]


def _empty(part: Part) -> None:
    payload = part.get_payload(decode=True)
    size = len(payload) if isinstance(payload, bytes) else 0
    del part["Content-Transfer-Encoding"]
    part.set_payload(f"[{size} bytes of {part.get_content_type()} were not kept]\n")
