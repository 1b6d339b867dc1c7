"""The shape of a page: 64 bits that stay near when a date or counter changes, and go far when the page does. Pure.

A simhash (Charikar, "Similarity estimation techniques from rounding algorithms") over the visible words, their pairs
and the order of the tags. It tells a soft "not found" page from a real one without keeping any text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
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
_WALL_WORDS: Final = re.compile(
    r"just a moment|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:human|robot)|"
    r"enable javascript and cookies|attention required|ddos protection by|security check|access denied|"
    r"unusual traffic|complete the captcha|prove (?:that )?you are not a robot|"
    r"(?:log|sign) ?in to (?:continue|view|see)|you must (?:be logged|log) in|members only|please (?:log|sign) ?in|"
    r"confirm your age|age verification|are you (?:over|at least) 1[68]|you must be (?:over )?1[68]",
    re.IGNORECASE,
)
_CHALLENGE_MARKS: Final = (
    b"cf-challenge", b"cf_chl_", b"/cdn-cgi/challenge-platform", b"g-recaptcha", b"h-captcha", b"hcaptcha.com",
    b"cf-turnstile", b"_incapsula_", b"ddos-guard", b"px-captcha", b"geo.captcha-delivery",
)  # fmt: skip
_FEW_WORDS: Final = 120


def shape(html: bytes, content_type: str | None = None) -> str:
    """The page's shape as 16 hexadecimal digits; the same bytes give the same shape on every machine."""
    root = parse(html, content_type)
    if root is None:
        return "0" * (BITS // 4)
    return f"{_simhash(_features(root)):016x}"


def is_login_or_challenge(html: bytes, status: int, headers: Mapping[str, str]) -> bool:
    """Whether a login, an age gate or a challenge stands before what was asked for: then nothing is known.

    A cheap rule: what such software says of itself, or a password field or its usual words on a page that has hardly
    anything else. A forum with a login box beside its threads is none.
    """
    if headers.get("cf-mitigated", "").lower() == "challenge" or status in (401, 407, 511):
        return True
    root = parse(html)
    if root is None:
        return False
    words = list(_words(root))
    if len(words) > _FEW_WORDS:
        return False
    if any(mark in html.lower() for mark in _CHALLENGE_MARKS):
        return True
    few_pictures = len(root.xpath("//img | //video")) <= 3
    password = root.xpath("//input[translate(@type,'PASWORD','pasword')='password']")
    return bool(few_pictures and (password or _WALL_WORDS.search(" ".join(words))))


def _features(root: Any) -> Counter[str]:
    words = [word for word in _words(root) if not _CHANGING.search(word)]
    tags = [element.tag for element in root.iter() if isinstance(element.tag, str)][:_MOST_WORDS]
    features: Counter[str] = Counter(words)
    features.update(f"{one} {other}" for one, other in pairwise(words))
    features.update(f"<{one} {other}>" for one, other in pairwise(tags))
    return features


def _words(root: Any) -> Iterator[str]:
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
