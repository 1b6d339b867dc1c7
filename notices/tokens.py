"""Marks by which answers find their notice: the return path, and the Message-ID.

Both are HMACs of the notice's row, so they cannot be guessed, and the same row never gets two.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from hotline.records import Notice
from hotline.vault import Vault, token_hash

ANSWERS_FOR: Final = timedelta(days=180)
"""How long a notice can be answered by its token: the watch over a removed URL lasts 90 days."""

# Mail systems put other signs for the plus, and forwarders another domain behind it (SRS, VERP of lists).
_TOKEN: Final = re.compile(r"[+=_-]([0-9a-f]{32})(?=[@=])", re.IGNORECASE)
_MESSAGE_ID: Final = re.compile(r"<([0-9a-f]{40}@[a-z0-9.-]+)>", re.IGNORECASE)


def domain_of(address: str) -> str:
    """The part after the @, in small letters."""
    return address.rpartition("@")[2].lower()


def return_path(mail_from: str, token: str) -> str:
    """The notice's own address: ``local+TOKEN@domain``."""
    local, _, domain = mail_from.rpartition("@")
    return f"{local}+{token}@{domain}"


def message_id(vault: Vault, key: bytes, mail_from: str) -> str:
    """The Message-ID of a notice's row, in angle brackets as in the header."""
    return f"<{vault.message_id(key)}@{domain_of(mail_from)}>"


def return_index(vault: Vault, token: str) -> bytes:
    """What is kept of a return path's token; many mail systems change its letters' case."""
    return vault.index("return", token.lower())


def stamp(vault: Vault, notice: Notice, mail_from: str) -> None:
    """Writes into the row all by which its answers are found again."""
    notice.message_id = message_id(vault, notice.key, mail_from)
    notice.return_bi = return_index(vault, vault.return_token(notice.key))
    notice.token_hash = token_hash(vault.answer_token(notice.key))
    notice.token_expires_at = notice.queued_at + ANSWERS_FOR


def tokens_in(texts: Iterable[str]) -> tuple[str, ...]:
    """All that look like tokens of return paths, in order, without repeats. Any domain counts: ours may have moved."""
    return tuple(dict.fromkeys(found.lower() for text in texts for found in _TOKEN.findall(text)))


def message_ids_in(texts: Iterable[str]) -> tuple[str, ...]:
    """All that look like Message-IDs of ours, in order, without repeats."""
    return tuple(dict.fromkeys(f"<{found.lower()}>" for text in texts for found in _MESSAGE_ID.findall(text)))
