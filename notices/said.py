"""What an answer says, read from its own words: pure, and in doubt nothing.

No word removes anything (decision 0025): a sentence that is misread costs one look, or a day of silence. Still
a sentence must be plain to count: no question, no condition, no negation before its verb; an answer that says two
different things is left to a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from hotline.words import HostAnswer
from notices import said_words as words

_MOST: Final = 6_000
_LONGEST: Final = 600
_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n[ \t]*\n")
_BEFORE: Final = 80
"""Characters before a verb in which a negation or a condition belongs to it."""


@dataclass(frozen=True)
class Said:
    """What is said, the sentence that it stands on, and until when where a time is named."""

    answer: HostAnswer
    sentence: str = field(repr=False)
    until: datetime | None = None


def said_in(text: str, at: datetime, *, by_person: bool = True) -> Said | None:
    """What these own words of an answer say; ``None`` when it is nothing plain. ``at``: when it came.

    A program is believed one thing: that reports belong into a form.
    """
    found: dict[HostAnswer, Said] = {}
    for sentence in _sentences(text):
        answer = _answer_in(sentence.lower())
        if answer is not None:
            until = _until(sentence.lower(), at) if answer is HostAnswer.NEED_TIME else None
            found.setdefault(answer, Said(answer, sentence, until))
    if not by_person:
        return found.get(HostAnswer.USE_FORM)
    return _one_of(found)


def _one_of(found: dict[HostAnswer, Said]) -> Said | None:
    # Who is not asked rightly says so first, and then where to go.
    for first, also in (
        (HostAnswer.NOT_HERE, {HostAnswer.WRONG_ADDRESS, HostAnswer.USE_FORM}),
        (HostAnswer.USE_FORM, {HostAnswer.WRONG_ADDRESS}),
    ):
        if first in found and set(found) <= {first, *also}:
            return found[first]
    return next(iter(found.values())) if len(found) == 1 else None


def _sentences(text: str) -> Iterator[str]:
    for piece in _ENDS.split(text[:_MOST]):
        sentence = " ".join(piece.split())
        if sentence and len(sentence) <= _LONGEST:
            yield sentence


def _answer_in(sentence: str) -> HostAnswer | None:
    if sentence.endswith("?"):
        return None
    if words.FORM.search(sentence) and words.USE.search(sentence) and _asks(sentence):
        return HostAnswer.USE_FORM
    if words.WRONG.search(sentence) or (words.MAILBOX.search(sentence) and words.WRITE_TO.search(sentence)):
        return None if _is_conditional(sentence, len(sentence)) else HostAnswer.WRONG_ADDRESS
    if words.NOT_HERE.search(sentence):
        return None if _is_conditional(sentence, len(sentence)) else HostAnswer.NOT_HERE
    if words.DISPUTE.search(sentence):
        return HostAnswer.DISPUTE
    return _about_removal(sentence)


def _asks(sentence: str) -> bool:
    return words.LINK.search(sentence) is not None or words.WRITE_TO.search(sentence) is not None


def _about_removal(sentence: str) -> HostAnswer | None:
    if words.ELSE.search(sentence):
        return None
    later = words.WILL.search(sentence) is not None
    if words.MORE_TIME.search(sentence) or (later and words.ACTS.search(sentence) and _names_a_time(sentence)):
        return None if _is_denied(sentence, len(sentence)) else HostAnswer.NEED_TIME
    done = words.REMOVED.search(sentence)
    if done is None or later or _is_denied(sentence, done.start()) or _is_conditional(sentence, done.start()):
        return None
    return None if words.NOT.search(sentence[done.end() :]) else HostAnswer.REMOVED


def _is_denied(sentence: str, end: int) -> bool:
    return words.NOT.search(sentence[max(0, end - _BEFORE) : end]) is not None


def _is_conditional(sentence: str, end: int) -> bool:
    return words.IF.search(sentence[:end]) is not None


def _names_a_time(sentence: str) -> bool:
    times = (words.HOURS, words.TOMORROW, words.TODAY, words.ISO_DAY, *words.WEEKDAYS)
    return any(pattern.search(sentence) for pattern in times)


def _until(sentence: str, at: datetime) -> datetime | None:
    """The moment that a sentence names; of a day its end, in UTC."""
    if found := words.HOURS.search(sentence):
        days = words.DAYS.match(found[2]) is not None
        return at + (timedelta(days=int(found[1])) if days else timedelta(hours=int(found[1])))
    if found := words.ISO_DAY.search(sentence):
        try:
            return datetime.combine(datetime(int(found[1]), int(found[2]), int(found[3])), time(23, 59), UTC)
        except ValueError:
            return None
    ahead = _days_ahead(sentence, at)
    return None if ahead is None else datetime.combine(at.date() + timedelta(days=ahead), time(23, 59), UTC)


def _days_ahead(sentence: str, at: datetime) -> int | None:
    for day, pattern in enumerate(words.WEEKDAYS):
        if pattern.search(sentence):
            return (day - at.weekday()) % 7
    if words.TODAY.search(sentence):
        return 0
    return 1 if words.TOMORROW.search(sentence) else None


_SPELT: Final = re.compile(r"\[(\.|dot|:)\]|\((\.|dot)\)")


def named(text: str, urls: dict[int, str]) -> tuple[int, ...]:
    """The cases whose URL stands in this text, also spelt so that nobody clicks it; none where all or none do."""
    plain = _SPELT.sub(lambda found: ":" if found[1] == ":" else ".", text[:20_000]).replace("hxxp", "http")
    pieces = {piece.strip("<>()[]\"',;").rstrip(".") for piece in plain.split()}
    found = tuple(number for number, url in urls.items() if url in pieces)
    return () if len(found) == len(urls) else found
