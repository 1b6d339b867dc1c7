"""A generated site: pages on one host, pictures on five. Noise and shades from a fixed seed: all runs are alike."""

import hashlib
import io
from dataclasses import dataclass
from typing import Final

import numpy
from PIL import Image

PAGES: Final = 80
PICTURES: Final = 600
MATCHES: Final = 10
"""Pictures whose digests stand in the hash list."""
WIDTH, HEIGHT = 640, 480
FORUM: Final = "forum.example"
DOCKS: Final = tuple(f"dock-{letter}.example" for letter in "abcde")
HOSTS: Final = (FORUM, *DOCKS)
_LINKS_A_PAGE: Final = 10
_SCENES: Final = 100
_WORDS: Final = ("harbour", "lantern", "meadow", "copper", "window", "gentle", "river", "paper", "orchard", "silver")


@dataclass(frozen=True)
class Body:
    """What is served at one path of one host."""

    content_type: str
    data: bytes


def build(port: int) -> dict[tuple[str, str], Body]:
    """All bodies by (host, path), for a server on this port."""
    bodies = {(FORUM, f"/t/{number}"): Body("text/html; charset=utf-8", page(number, port)) for number in range(PAGES)}
    for number, data in enumerate(pictures()):
        bodies[DOCKS[number % len(DOCKS)], f"/p/{number}.jpg"] = Body("image/jpeg", data)
    return bodies


def picture_url(number: int, port: int) -> str:
    """Where a picture is."""
    return f"http://{DOCKS[number % len(DOCKS)]}:{port}/p/{number}.jpg"


def page_url(number: int, port: int) -> str:
    """Where a page is; page 0 links to all others."""
    return f"http://{FORUM}:{port}/t/{number}"


def page(number: int, port: int) -> bytes:
    """A thread of a forum: its share of the pictures, a paragraph to each, and links to other threads."""
    shown = range(number * PICTURES // PAGES, (number + 1) * PICTURES // PAGES)
    linked = range(1, PAGES) if number == 0 else [(number + step) % PAGES for step in range(1, _LINKS_A_PAGE + 1)]
    posts = (f'<div class="post"><p>{_text(n)}</p><img src="{picture_url(n, port)}" alt=""></div>' for n in shown)
    links = (f'<li><a href="/t/{other}">{_text(other)[:40]}</a></li>' for other in linked)
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>Thread {number}</title></head>'
    return f"{head}<body><ul>{''.join(links)}</ul>{''.join(posts)}</body></html>".encode()


def _text(number: int) -> str:
    return " ".join(_WORDS[(number * 7 + step * step) % len(_WORDS)] for step in range(120))


def pictures() -> list[bytes]:
    """JPEG files of some 30 to 60 kB, no two alike: a hundred pictures, each saved often with another comment in it."""
    chance = numpy.random.default_rng(7)
    seen = [_jpeg(chance, 50 + 30 * number // _SCENES) for number in range(_SCENES)]
    return [_commented(seen[number % _SCENES], f"picture {number}".encode()) for number in range(PICTURES)]


def _jpeg(chance: numpy.random.Generator, quality: int) -> bytes:
    coarse = Image.fromarray(chance.integers(0, 256, (9, 12, 3), numpy.uint8)).resize((WIDTH, HEIGHT), Image.BICUBIC)
    grain = chance.integers(-14, 15, (HEIGHT, WIDTH, 1), numpy.int16)
    noisy = numpy.clip(numpy.asarray(coarse, numpy.int16) + grain, 0, 255).astype(numpy.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=quality)
    return out.getvalue()


def _commented(jpeg: bytes, comment: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def listed(bodies: dict[tuple[str, str], Body]) -> list[dict[str, str]]:
    """The digests of the pictures that the hash list knows: every so many, on different pages."""
    numbers = range(3, PICTURES, PICTURES // MATCHES)
    files = [bodies[DOCKS[number % len(DOCKS)], f"/p/{number}.jpg"].data for number in numbers]
    return [
        {"sha256": hashlib.sha256(data).hexdigest(), "md5": hashlib.md5(data, usedforsecurity=False).hexdigest()}
        for data in files
    ]
