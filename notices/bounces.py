"""Is it a report that a message did not arrive, and did it fail for good?

The standard ones (RFC 3464, RFC 6533) say so in fields. The many others say it in words (``bounce_words``): what looks
like a report is weighed, for no single mark is enough. Anybody may be called postmaster, or write of bounces.
"""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final

from notices import bounce_words as words
from notices.mail_text import Mail, StatusBlock


@dataclass(frozen=True)
class Failed:
    """It did not arrive and will not. ``permanent``: the recipient's server refused it, rather than time running out.

    ``recipients`` are those that the report names, in small letters; none where it names none.
    """

    permanent: bool
    code: str | None = None
    recipients: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class Underway:
    """Delayed, relayed or delivered: nothing has failed."""


_ENHANCED: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_5XX: Final = re.compile(r"(?<![\d.:/-])5[0-5]\d(?=[\s\-#:\]]|$)")
_ANSWER: Final = re.compile(r"^\s*(re|aw|sv|antw|odp|vs|fwd?|wg|tr|rv|回复|答复)\s*:", re.IGNORECASE)
_UNDERWAY: Final = frozenset({"delayed", "delivered", "relayed", "expanded"})

_EVENT: Final = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(Bounce|Delivery|DeliveryDelay|Send)"', re.I)
_EVENT_PERMANENT: Final = re.compile(r'"bounceType"\s*:\s*"Permanent"', re.I)
_EVENT_RECIPIENT: Final = re.compile(r'"emailAddress"\s*:\s*"([^"\s]{3,254})"')

_READ: Final = 20_000
"""Characters of the own words in which a report says what it is."""

ENOUGH: Final = 4
"""What the marks of a report must weigh together."""


def report_of(mail: Mail) -> Failed | Underway | None:
    """What the message reports of a delivery; ``None`` when it is no such report."""
    return _by_fields(mail.blocks) or _by_event(mail.text[:_READ]) or _by_words(mail)


def _by_fields(blocks: tuple[StatusBlock, ...]) -> Failed | Underway | None:
    failed = [block for block in blocks if _has_failed(block)]
    if not failed:
        return Underway() if any(block.action or block.status for block in blocks) else None
    code = next((code for block in failed if (code := _code_of(block))), None)
    return Failed(
        permanent=any(_is_permanent(block) for block in failed),
        code=code,
        recipients=frozenset(who for block in failed for who in (block.final, block.original) if who),
    )


def _has_failed(block: StatusBlock) -> bool:
    return block.action == "failed" or (block.action not in _UNDERWAY and _is_permanent(block))


def _is_permanent(block: StatusBlock) -> bool:
    code = _code_of(block)
    return code is None or code.startswith("5") or _REPLY_5XX.search(block.diagnostic) is not None


def _code_of(block: StatusBlock) -> str | None:
    found = _ENHANCED.search(block.status) or _ENHANCED.search(block.diagnostic)
    return found[1] if found else None


def _by_event(said: str) -> Failed | Underway | None:
    """Services that send for others tell what became of a message in JSON (Amazon SES over SNS)."""
    event = _EVENT.search(said)
    if event is None:
        return None
    if event[1].lower() != "bounce":
        return Underway()
    code = _ENHANCED.search(said)
    recipients = frozenset(who.lower() for who in _EVENT_RECIPIENT.findall(said))
    return Failed(_EVENT_PERMANENT.search(said) is not None, code[1] if code else None, recipients)


def _by_words(mail: Mail) -> Failed | Underway | None:
    subject, said = mail.header("Subject"), mail.text[:_READ]
    named = mail.header("X-Failed-Recipients")
    if _weight(mail, subject, said) < ENOUGH:
        return None
    if told := _by_fields(mail.written):
        return told
    both = f"{subject}\n{said}"
    code = next((code for code in _ENHANCED.findall(said) if code.startswith("5")), None)
    if _is_underway(both, refused=bool(named or code)):
        return Underway()
    recipients = frozenset(who.strip().lower() for who in named.split(",") if who.strip())
    return Failed(permanent=True, code=code, recipients=recipients)


def _is_underway(both: str, *, refused: bool) -> bool:
    """Whether nothing has failed: it is late, it has arrived, or somebody must look at it first."""
    if words.DELAYED.search(both):
        return words.END.search(both) is None
    failed = refused or _REPLY_5XX.search(both) is not None or words.FAILED.search(both) is not None
    return not failed and (words.ARRIVED.search(both) or words.HELD.search(both)) is not None


def _weight(mail: Mail, subject: str, said: str) -> int:
    """How much speaks for a mail system's report; ``ENOUGH`` and more is one."""
    name, address = parseaddr(mail.header("From"))
    local = address.partition("@")[0]
    daemon = any(words.SENDER.search(each) for each in (name, local)) or "<>" in mail.header("From")
    failed = words.FAILED.search(said) is not None
    postmaster = any(words.POSTMASTER.search(each) for each in (name, local))
    refused = _REPLY_5XX.search(said) is not None or _ENHANCED.search(said) is not None
    # Who answers "Re:" is a person, whatever it quotes; a few systems answer so too.
    machine = daemon or is_from_nobody(mail) or (postmaster and refused and failed)
    answers = _ANSWER.match(subject) is not None and not machine
    marks = (
        (4, bool(mail.header("X-Failed-Recipients"))),
        (3, daemon),
        (3, mail.is_status_report),
        (2, is_from_nobody(mail)),
        (2, postmaster),
        (2, words.SUBJECT.search(subject) is not None),
        (2, refused),
        (1, failed or words.DELAYED.search(f"{subject}\n{said}") is not None),
        (1, mail.cut or bool(mail.quoted)),
        (-3, answers),
    )
    return sum(weight for weight, holds in marks if holds)


def is_from_nobody(mail: Mail) -> bool:
    """Whether the return path is empty, as that of reports and automatic answers must be."""
    return any(
        value.strip().upper() == "<>" or value.strip("<> ").upper().startswith("MAILER-DAEMON")
        for value in mail.headers("Return-Path")
    )
