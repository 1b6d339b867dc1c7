"""Is it a report that a message did not arrive, and did it fail for good?

The standard ones (RFC 3464) say so in fields; the many others say it in words, by senders and phrases that are known
from Exim, qmail, Exchange, Postfix, Sendmail and the large mail services.
"""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final

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
_REPLY_5XX: Final = re.compile(r"(?<![\d.:/-])5[0-5]\d(?=[\s\-#:]|$)")
_DAEMON: Final = re.compile(
    r"mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|mail delivery|delivery sub ?system|mail system|"
    r"mail administrator|mailadmin|non[- ]?delivery|microsoft exchange|microsoft outlook",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"undeliver|returned mail|failure notice|delivery (has )?(failed|failure|problem)|delivery status notification|"
    r"mail(ing)? (delivery )?(failure|failed|error)|message not delivered|could not be delivered|non[- ]?remis|"
    r"unzustellbar|nicht zustellbar|no se puede entregar|non distribu|onbestelbaar|не доставлен|non recapitabil|"
    r"delivery notification|rejected (mail|message)|mail could not|bounce",
    re.IGNORECASE,
)
_HARD: Final = re.compile(
    r"permanent(ly)? (error|fatal|failure|rejected)|given up|giving up|undeliver|could ?n[o']t be delivered|"
    r"could not deliver|unable to deliver|wasn't able to deliver|was not delivered|wasn't delivered|"
    r"did(n't| not) reach|delivery (to the following recipients? )?(has )?failed|user (is )?unknown|unknown user|"
    r"no such (user|mailbox|recipient|address|person)|(user|mailbox|recipient|address|account)[^.\n]{0,60}"
    r"(unknown|unavailable|not found|does ?n[o']t exist|rejected|disabled|over ?quota|is full|not listed)|"
    r"(mailbox|quota)[^.\n]{0,30}(full|exceeded)|unrouteable|host (unknown|not found)|"
    r"(is|was) not a (valid|known)|invalid (recipient|address|mailbox)|relay(ing)? (access )?denied|"
    r"nicht zugestellt|konnte nicht|n'a pas pu|no se pudo entregar",
    re.IGNORECASE,
)
_DELAY: Final = re.compile(
    r"warning message only|(will|is|still) (be(ing)? )?(retried|queued)|(will|to) (continue|keep) (to (be )?)?try|"
    r"not yet been delivered|(has|been) (been )?delayed|delivery (is |temporarily )?(delayed|deferred)|"
    r"do not need to resend|no action is required|message [\w-]+ delayed|delivery status notification \(delay\)|"
    r"will (be )?(try|retried|attempt)(ed)? again|temporarily (suspended|delayed)",
    re.IGNORECASE,
)
_END: Final = re.compile(
    r"given up|giving up|permanent (error|failure|fatal)|no (further|more) attempts|will not be retried|last attempt",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(r"^\s*(re|aw|sv|antw|odp|vs|回复)\s*:", re.IGNORECASE)


def report_of(mail: Mail) -> Failed | Underway | None:
    """What the message reports of a delivery; ``None`` when it is no such report."""
    return _by_fields(mail.blocks) or _by_words(mail)


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
    return block.action == "failed" or (not block.action and _is_permanent(block))


def _is_permanent(block: StatusBlock) -> bool:
    code = _code_of(block)
    return code is None or code.startswith("5") or _REPLY_5XX.search(block.diagnostic) is not None


def _code_of(block: StatusBlock) -> str | None:
    found = _ENHANCED.search(block.status) or _ENHANCED.search(block.diagnostic)
    return found[1] if found else None


def _by_words(mail: Mail) -> Failed | Underway | None:
    subject, said = mail.header("Subject"), mail.text
    named = mail.header("X-Failed-Recipients")
    if not _is_machine(mail, subject, said) and not named:
        return None
    both = f"{subject}\n{said}"
    if _DELAY.search(both) and not _END.search(both):
        return Underway()
    code = next((code for code in _ENHANCED.findall(said) if code.startswith("5")), None)
    refused = code is not None or _REPLY_5XX.search(said) is not None
    if not (named or refused or _HARD.search(both)):
        return None
    recipients = frozenset(who.strip().lower() for who in named.split(",") if who.strip())
    return Failed(permanent=True, code=code, recipients=recipients)


def _is_machine(mail: Mail, subject: str, said: str) -> bool:
    """Whether a mail system wrote this, as far as sender and subject tell."""
    name, address = parseaddr(mail.header("From"))
    local = address.partition("@")[0]
    nobody = is_from_nobody(mail)
    if _ANSWER.match(subject) and not nobody and "daemon" not in local.lower():
        return False
    if _DAEMON.search(name) or _DAEMON.search(local) or (not address and nobody):
        return True
    # A postmaster may be a person, and anybody may write of bounces: then something else must say it too.
    bounced = _SUBJECT.search(subject) is not None
    refused = _REPLY_5XX.search(said) is not None or _ENHANCED.search(said) is not None
    by_postmaster = "postmaster" in f"{name} {local}".lower()
    return (bounced and (nobody or refused or by_postmaster)) or (by_postmaster and (nobody or refused))


def is_from_nobody(mail: Mail) -> bool:
    """Whether the return path is empty, as that of reports and automatic answers must be."""
    return any(value.strip() in ("<>", "<MAILER-DAEMON>", "MAILER-DAEMON") for value in mail.headers("Return-Path"))
