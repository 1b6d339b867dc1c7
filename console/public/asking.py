"""What a request may say, read at the door: sizes, tokens, items, answers. Nothing of it is believed before."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from hotline.clock import parse_time
from hotline.facts import HostSays
from hotline.words import AnswerWay, HostAnswer

MOST_BYTES: Final = 1_000_000
LONGEST_NOTE: Final = 4_000
LONGEST_CONTACT: Final = 300
ANSWERS: Final = (HostAnswer.REMOVED, HostAnswer.NOT_HERE, HostAnswer.NEED_TIME, HostAnswer.DISPUTE)
"""What can be said here; that an address is wrong, or that a form is wanted, is said by mail."""

_FIELDS: Final = 20_000
_TOKEN: Final = re.compile(r"[0-9A-Za-z_-]{1,200}")


class Unreadable(Exception):
    """A request that makes no sense; the text says what should stand there, for whoever wrote the program."""


class TooLarge(Exception):
    """A request that is longer than any honest one."""


@dataclass(frozen=True)
class Answer:
    """An answer that makes sense in itself; whether its items are the asker's, others find out."""

    answer: HostAnswer
    items: tuple[int, ...]
    note: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    until: datetime | None = None

    def says(self, way: AnswerWay, items: tuple[int, ...]) -> HostSays:
        """The same about these of its items, as the rooms below want it."""
        return HostSays(self.answer, way, items, self.note, self.until, self.contact)


async def body_of(request: Request) -> bytes:
    """The body, as far as an honest one goes.

    Raises:
        TooLarge: it goes on.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLarge
    return bytes(body)


async def document_of(request: Request) -> Mapping[str, Any]:
    """A JSON object; whatever else came counts as an empty one, which holds no token."""
    try:
        found = json.loads(await body_of(request))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form as browsers send it without files (no part of it can reach a temporary file)."""
    try:
        text = (await body_of(request)).decode("utf-8", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return {}
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def token_in(value: Any) -> str:
    """What may be a token, as it is looked up; anything else becomes one that opens nothing, at the same cost."""
    text = value.strip() if isinstance(value, str) else ""
    text = text.rpartition("#")[2]  # somebody pasted the whole link
    return text if _TOKEN.fullmatch(text) else ""


def answer_in(document: Mapping[str, Any], now: datetime) -> Answer:
    """An answer from JSON.

    Raises:
        Unreadable: names the field and what it should be.
    """
    word = document.get("answer")
    if word not in ANSWERS:
        raise Unreadable(f"answer: one of {', '.join(ANSWERS)}")
    return Answer(
        answer=HostAnswer(word),
        items=_items(document.get("items")),
        note=_text(document, "note", LONGEST_NOTE),
        contact=_text(document, "contact", LONGEST_CONTACT),
        until=_until(document.get("until"), now),
    )


def _items(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or len(value) > _FIELDS:
        raise Unreadable("items: a list of the ids that the answer is about, at least one")
    return tuple(dict.fromkeys(_number(each) for each in value))


def _number(value: Any) -> int:
    # What is no number is no item of anybody's, and is answered like any other that is not.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**18 else -1


def _text(document: Mapping[str, Any], name: str, longest: int) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise Unreadable(f"{name}: text of at most {longest} signs")
    return value.encode("utf-8", "replace").decode().strip()


def _until(value: Any, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = parse_time(value) if isinstance(value, str) else now
    except ValueError:
        moment = now
    if moment <= now:
        raise Unreadable("until: a time to come, in ISO 8601, such as 2030-01-02T12:00:00Z")
    return moment
