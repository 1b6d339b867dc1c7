"""What may stand before a page, so that its answer says nothing of what was asked for. Pure.

A cheap rule: what such software says of itself, or its usual words (``walls.toml``) on a page that has hardly anything
else. A forum with a login box beside its threads is none.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from crawler.pages import parse
from crawler.shapes import visible_words
from hotline.words import Wall

_FEW_WORDS: Final = 120
_FEW_PICTURES: Final = 3
_HARDLY_ANY_WORDS: Final = 5

# Not "/cdn-cgi/challenge-platform/" itself: Cloudflare puts a script from there into ordinary pages too
# (developers.cloudflare.com, "JavaScript Detections").
_CHALLENGE_MARKS: Final = (
    b"cf-challenge", b"cf_chl_", b"/orchestrate/chl_", b"g-recaptcha", b"h-captcha", b"hcaptcha.com",
    b"cf-turnstile", b"_incapsula_", b"ddos-guard", b"px-captcha", b"geo.captcha-delivery", b"awswaf",
)  # fmt: skip


def _patterns(how: str) -> dict[str, re.Pattern[str]]:
    text = Path(__file__).with_name("walls.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return {kind: re.compile("|".join(words[how]), re.IGNORECASE) for kind, words in told.items() if how in words}


_SAYS: Final = _patterns("says")
_LEFT: Final = _SAYS.pop("none")
_GONE: Final = _SAYS.pop("gone")
_WORDS: Final = tuple((Wall(kind), pattern) for kind, pattern in _SAYS.items())
"""What walls say, and what kind each is; the first that fits counts."""
_WEAK: Final = tuple((Wall(kind), pattern) for kind, pattern in _patterns("weak").items())

_ASKING: Final = "//form | //input | //button | //select | //iframe | //script | //meta[@http-equiv]"


def wall_before(html: bytes, status: int, headers: Mapping[str, str]) -> Wall | None:
    """What stands before what was asked for, if anything does: then nothing is known of it."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return Wall.CHALLENGE
    if status in (401, 407, 511):
        return Wall.LOGIN
    root = parse(html)
    return None if root is None else _wall_in(root, html)


def waits_for_its_visitor(html: bytes) -> bool:
    """Whether a page has something to fill in, to press or to run, and does not say that anything is gone.

    Where a whole site answers with such a page, it may be a wall whose words nobody knows.
    """
    root = parse(html)
    if root is None or not root.xpath(_ASKING):
        return False
    text = " ".join(visible_words(root))
    return not (_LEFT.search(text) or _GONE.search(text))


def _wall_in(root: Any, html: bytes) -> Wall | None:
    words = list(visible_words(root))
    if len(words) > _FEW_WORDS:
        return None
    if any(mark in html.lower() for mark in _CHALLENGE_MARKS):
        return Wall.CHALLENGE
    text = " ".join(words)
    if len(root.xpath("//img | //video")) > _FEW_PICTURES or _LEFT.search(text):
        return None
    if root.xpath("//input[translate(@type,'PASWORD','pasword')='password']"):
        return Wall.LOGIN
    words_of_walls = _WORDS if _GONE.search(text) else (*_WORDS, *_WEAK)
    said = next((wall for wall, pattern in words_of_walls if pattern.search(text)), None)
    return said or (Wall.SCRIPTS if _is_shell(root, len(words)) else None)


def _is_shell(root: Any, words: int) -> bool:
    """Nothing but scripts, which would make the page in a browser."""
    return (
        words <= _HARDLY_ANY_WORDS and bool(root.xpath("//script")) and not root.xpath("//img | //video | //a[@href]")
    )
