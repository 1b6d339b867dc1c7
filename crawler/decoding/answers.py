"""What a child says is a stranger's word: a decoder that was taken over may say anything. Parsed, or refused. Pure."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from crawler.digests.pdq.turns import TURNS
from hotline.facts import Digests, FramePrint

TOKEN_BYTES: Final = 8
"""Each order begins with so many random bytes, and its answers begin with the same."""
QUICK: Final = "quick"
EXACT: Final = "exact"
THOROUGH: Final = "thorough"
TURNED: Final = "turned"
"""How much care a picture is given (``crawler.decoding.pictures.fingerprint``); ``TURNED`` is ``THOROUGH`` and more."""
_PDQ: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_PROBLEM: Final = 200
_MOST_FRAMES: Final = 1_000_000


@dataclass(frozen=True)
class Picture:
    """What became of one picture: its PDQ (64 hexadecimal digits) with quality and frames, or a problem in words.

    ``reduced`` is the PDQ by the other convention, where that is another one (``crawler.digests.pdq``). ``prints`` are
    those of an animation's frames, as a video's. ``turned`` has the names of eight turns with their PDQ, if asked for.
    """

    pdq: str | None = None
    reduced: str | None = None
    quality: int | None = None
    frames: int | None = None
    prints: tuple[FramePrint, ...] = ()
    media_type: str | None = None
    problem: str | None = None
    turned: tuple[tuple[str, str], ...] = ()

    def onto(self, digests: Digests) -> Digests:
        """The same digests, with what the decoder saw beside them."""
        return replace(digests, pdq=self.pdq, pdq_quality=self.quality, pdq_reduced=self.reduced, frames=self.prints)


def picture_of(answer: dict[str, Any], kind: str | None) -> Picture:
    """A child's answer about a picture of a media type.

    Raises:
        ValueError: it is none; no decoder of ours says such a thing.
    """
    if "problem" in answer:
        return Picture(media_type=kind, problem=problem_of(answer["problem"]))
    reduced = answer.get("reduced")
    return Picture(
        _pdq(answer.get("pdq")),
        None if reduced is None else _pdq(reduced),
        _number(answer.get("quality"), 100),
        _number(answer.get("frames"), _MOST_FRAMES),
        tuple(print_of(each) for each in _list(answer.get("prints"))),
        kind,
        turned=tuple((_turn(name), _pdq(pdq)) for name, pdq in _pairs(answer.get("turned", {}))),
    )


def print_of(frame: Any) -> FramePrint:
    """``[second, pdq, quality]``; raises as ``picture_of`` does."""
    if not isinstance(frame, list) or len(frame) != 3:
        raise ValueError("a frame is three things")
    second, pdq, quality = frame
    return FramePrint(_seconds(second), _pdq(pdq), _number(quality, 100))


def seconds_of(value: Any) -> float | None:
    """A video's length, if it is known; raises as ``picture_of`` does."""
    return None if value is None else _seconds(value)


def problem_of(text: Any) -> str:
    """A problem in words that may be printed; raises as ``picture_of`` does."""
    if not isinstance(text, str) or not text.isprintable() or len(text) > _LONGEST_PROBLEM:
        raise ValueError("a problem is a few words")
    return text


def _pdq(value: Any) -> str:
    if not isinstance(value, str) or not _PDQ.fullmatch(value):
        raise ValueError("a PDQ is 64 hexadecimal digits")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number of seconds")
    return float(value)


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"a number from 0 to {most}")
    return value


def _pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    if not isinstance(value, dict):
        raise ValueError("an object")
    return value.items()


def _turn(name: Any) -> str:
    if name not in TURNS:
        raise ValueError("no turn of ours")
    return str(name)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list")
    return value
