"""The objects of a JSON document that is larger than the memory, one after the other, with the line of each.

What is wanted are the elements of certain arrays, wherever these stand. Each is decoded by Python's own parser, in a
window that slides over the text; everything around them is only skipped, token by token. So one broken object costs
itself, and neither a long text nor a deep nesting costs memory.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

LARGEST: Final = 2**20
"""Signs of one object; a larger one is not decoded."""
_PORTION: Final = 2**18
_DEEPEST: Final = 100
_BETWEEN: Final = re.compile(r"[^\"{}\[\]:,]*")
# Possessive: what matched is never tried anew, or a text of escapes alone would cost memory for each of them.
_TEXT: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_REST_OF_TEXT: Final = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_DECODE: Final = json.JSONDecoder().raw_decode


@dataclass(frozen=True)
class Found:
    """An object and the line where it starts; ``reason`` says why it could not be decoded.

    ``is_end``: nothing can be read after it, for the document is cut off or broken here.
    """

    line: int
    value: dict[str, Any] | None = None
    reason: str | None = None
    is_end: bool = False


@dataclass
class _Level:
    """An object or array that is open: the name it stands under, and the name that comes next inside it."""

    mark: str
    name: str | None
    key: str | None = None
    owed: Found | None = None
    """Said when the level closes, unless something wanted was found inside."""


class _Broken(Exception):
    """The document is none from here on."""


class Objects:
    """Iterates over the objects of a document that stand in the arrays which are wanted.

    Args:
        wants: asked with the names that lead to an array (``None`` for an array's element), whether its objects count.
        opens: asked with a decoded object, whether its own arrays are to be looked into instead.

    ``preface`` has the texts of the outermost object as they come, by name; ``is_begun`` tells whether there was any
    object or array at all.
    """

    def __init__(
        self,
        stream: BinaryIO,
        wants: Callable[[list[str | None]], bool],
        opens: Callable[[dict[str, Any]], bool],
        portion: int = _PORTION,
    ) -> None:
        self._stream, self._wants, self._opens, self._portion = stream, wants, opens, portion
        self._decode_bytes = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._text, self._at, self._line, self._is_over = "", 0, 1, False
        self._levels: list[_Level] = []
        self.is_begun = False
        self.preface: dict[str, str] = {}

    def __iter__(self) -> Iterator[Found]:
        try:
            while self._more_after(_BETWEEN):
                yield from self._step()
            if self._levels:
                raise _Broken("the file is cut off here: its end is missing")
            if not self.is_begun:
                raise _Broken("this is no JSON document")
        except _Broken as wrong:
            open_since = next((level.owed.line for level in self._levels if level.owed is not None), None)
            where = "" if open_since is None else f"; the entry that starts at line {open_since} is not closed"
            yield Found(self._line, reason=f"{wrong}{where}", is_end=True)

    def _step(self) -> Iterator[Found]:
        sign = self._text[self._at]
        if sign == "{" and self._levels and self._levels[-1].mark == "[" and self._is_wanted():
            yield from self._wanted()
        elif sign in "{[":
            self._open(sign)
        elif sign in "}]":
            yield from self._close(sign)
        elif not self._levels:
            raise _Broken("this is no JSON document")
        elif sign == '"':
            self._skip_text()
        else:
            if sign == ",":
                self._levels[-1].key = None
            self._take(1)

    def _is_wanted(self) -> bool:
        return self._wants([level.name for level in self._levels])

    def _wanted(self) -> Iterator[Found]:
        line = self._line
        value, length = self._decoded()
        if value is not None and not self._opens(value):
            for level in self._levels:
                level.owed = None
            yield Found(line, value)
            self._take(length)
            return
        reason = "the entry is no valid JSON" if length else f"the entry is larger than {LARGEST} signs"
        self._open("{", None if value is not None else Found(line, reason=reason))

    def _decoded(self) -> tuple[dict[str, Any] | None, int]:
        """The object here and its length; without one: 0 where it is too large, 1 where it is broken or cut off."""
        while True:
            try:
                value, end = _DECODE(self._text, self._at)
                return (value, end - self._at) if end - self._at <= LARGEST else (None, 0)
            except (ValueError, RecursionError):
                if len(self._text) - self._at > LARGEST:
                    return None, int(self._ends_within())
                if not self._read_on():
                    return None, 1

    def _ends_within(self) -> bool:
        """Whether the broken object here is one of the allowed size: it closes before that."""
        depth, at = 0, self._at
        while at - self._at <= LARGEST:
            at = _end_of(_BETWEEN, self._text, at)
            if at >= len(self._text):
                return False
            if self._text[at] == '"':
                end = _end_of(_TEXT, self._text, at)
                if end == at:
                    return False
                at = end
                continue
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(self._text[at], 0)
            at += 1
            if depth == 0:
                return True
        return False

    def _open(self, mark: str, owed: Found | None = None) -> None:
        if len(self._levels) >= _DEEPEST:
            raise _Broken(f"the file is nested deeper than {_DEEPEST} levels here; no more of it is read")
        self.is_begun = True
        self._levels.append(_Level(mark, self._levels[-1].key if self._levels else None, owed=owed))
        self._take(1)

    def _close(self, mark: str) -> Iterator[Found]:
        if not self._levels or self._levels[-1].mark != {"}": "{", "]": "["}[mark]:
            raise _Broken(f"the file is broken here: a {mark} closes nothing")
        level = self._levels.pop()
        self._take(1)
        if level.owed is not None:
            yield level.owed

    def _skip_text(self) -> None:
        """Over a text; one of usual length is kept as the key, or as a part of the preface."""
        match = _TEXT.match(self._text, self._at)
        while match is None and len(self._text) - self._at <= LARGEST and self._read_on():
            match = _TEXT.match(self._text, self._at)
        if match is None:
            self._skip_long_text()
            return
        text = match[0][1:-1]
        self._take(match.end() - self._at)
        if not self._levels or self._levels[-1].mark != "{":
            return
        level = self._levels[-1]
        if level.key is None:
            level.key = text
        elif len(self._levels) == 1 and len(text) <= 1000:
            self.preface.setdefault(level.key, text)

    def _skip_long_text(self) -> None:
        self._take(1)
        while True:
            self._take(_end_of(_REST_OF_TEXT, self._text, self._at) - self._at)
            if self._at < len(self._text) and self._text[self._at] == '"':
                self._take(1)
                return
            if not self._read_on():
                raise _Broken("the file is cut off here, in the middle of a text")

    def _more_after(self, pattern: re.Pattern[str]) -> bool:
        """Over what matches; whether there is something after it."""
        while True:
            self._take(_end_of(pattern, self._text, self._at) - self._at)
            if self._at < len(self._text):
                return True
            if not self._read_on():
                return False

    def _take(self, length: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + length)
        self._at += length

    def _read_on(self) -> bool:
        """Reads a further portion; what lies before the present place is forgotten."""
        if self._is_over:
            return False
        data = self._stream.read(self._portion)
        self._is_over = not data
        self._text = self._text[self._at :] + self._decode_bytes(data, self._is_over)
        self._at = 0
        return True


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()
