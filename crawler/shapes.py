"""The shape of a page: 64 bits that stay near when a date or counter changes, and go far when the page does. Pure.

A simhash (Charikar, "Similarity estimation techniques from rounding algorithms") over the visible words, their pairs
and the order of the tags. It tells a soft "not found" page from a real one without keeping any text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise
from typing import Any, Final

from crawler.pages import parse

BITS: Final = 64
NEAR: Final = 10
"""The greatest distance, in bits, at which two pages count as the same."""

_UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "head", "title", "svg"})
_WORD: Final = re.compile(r"\w+")
_CHANGING: Final = re.compile(
    r"\d|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september|"
    r"october|november|december|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"am|pm|utc|gmt)$"
)
_MOST_WORDS: Final = 20_000


def shape(html: bytes, content_type: str | None = None) -> str:
    """The page's shape as 16 hexadecimal digits; the same bytes give the same shape on every machine."""
    root = parse(html, content_type)
    if root is None:
        return "0" * (BITS // 4)
    return f"{_simhash(_features(root)):016x}"


def _features(root: Any) -> Counter[str]:
    words = [word for word in visible_words(root) if not _CHANGING.search(word)]
    tags = [element.tag for element in root.iter() if isinstance(element.tag, str)][:_MOST_WORDS]
    features: Counter[str] = Counter(words)
    features.update(f"{one} {other}" for one, other in pairwise(words))
    features.update(f"<{one} {other}>" for one, other in pairwise(tags))
    return features


def visible_words(root: Any) -> Iterator[str]:
    """The words that a visitor would see, in small letters; of endless pages the beginning."""
    given = 0
    for text in _visible(root):
        for word in _WORD.findall(text.lower()):
            given += 1
            if given > _MOST_WORDS:
                return
            yield word


def _visible(root: Any) -> Iterator[str]:
    skipped: set[Any] = set()
    for element in root.iter():
        parent = element.getparent()
        hidden = parent in skipped or not isinstance(element.tag, str) or element.tag in _UNSEEN
        if hidden:
            skipped.add(element)
        elif element.text:
            yield element.text
        if element.tail and parent is not None and parent not in skipped:
            yield element.tail


def _simhash(features: Counter[str]) -> int:
    sums = [0] * BITS
    for feature, count in features.items():
        value = int.from_bytes(blake2b(feature.encode(), digest_size=BITS // 8).digest(), "big")
        weight = min(count, 5)
        for bit in range(BITS):
            sums[bit] += weight if value >> bit & 1 else -weight
    return sum(1 << bit for bit in range(BITS) if sums[bit] > 0)
