"""How far a crawl goes, as a table."""

import pytest

from crawler.scope import BEYOND, Follow, Hold, Place, Refuse, decide, never_followed, rules
from hotline.address import parse_url

PAGE, FILE = parse_url("http://any.example/thread/2"), parse_url("http://any.example/a/2.jpg")
INNER, LAST, OUTER, OUTSIDE = Place(1, True), Place(3, True), Place(2, False), Place(BEYOND, False)


@pytest.mark.parametrize(
    ("source", "link", "embedded", "on_inner_host", "expected"),
    [
        (INNER, PAGE, False, True, Follow(2, True, False)),
        (INNER, PAGE, False, False, Follow(2, False, False)),
        (INNER, PAGE, True, False, Follow(2, False, True)),
        (INNER, FILE, False, False, Follow(2, False, True)),
        (LAST, PAGE, False, True, Hold(4)),
        (LAST, PAGE, False, False, Follow(4, False, False)),
        (LAST, FILE, False, True, Follow(4, False, True)),
        (LAST, PAGE, True, True, Follow(4, False, True)),
        (OUTER, PAGE, False, False, Hold(BEYOND)),
        (OUTER, PAGE, False, True, Hold(BEYOND)),
        (OUTER, PAGE, True, False, Follow(BEYOND, False, True)),
        (OUTER, FILE, False, False, Follow(BEYOND, False, True)),
        (OUTSIDE, PAGE, True, False, Hold(BEYOND)),
        (OUTSIDE, FILE, False, True, Hold(BEYOND)),
    ],
)
def test_decisions(source: Place, link: object, embedded: bool, on_inner_host: bool, expected: Follow | Hold) -> None:
    assert decide(source, link, embedded=embedded, on_inner_host=on_inner_host) == expected  # type: ignore[arg-type]


NEVER = [
    "https://www.google.com/", "https://google.example/", "http://search.example/", "http://search.example/search?q=x",
    "http://lantern-search.example/search?q=http%3A%2F%2Fa", "http://a.example/search.php?query=x",
    "http://share.example/?url=http://a.example/", "http://circle-share.example/sharer?u=http%3A%2F%2Fa",
    "http://a.example/share?url=http://b.example/", "http://a.example/intent/tweet?text=x",
    "http://www.facebook.com/a", "http://a.example/pin/create/button/?url=b",
    "http://archive.example/web/2030*/http://a.example/", "http://old-archive.example/web/20290101000000/https://a/",
    "http://web.archive.org/web/2029/http://a/", "http://mirror-lookup.example/searchbyimage?image_url=https%3A%2F%2Fa",
    "http://lookup.example/?img=https://a.example/1.jpg", "http://a.example/reverse?url=https://b.example/1.jpg",
    "http://tineye.com/search", "http://a.example/wp-json/oembed/1.0", "http://a.example/login", "http://a.example/feed/",
    "https://cdn.jsdelivr.net/npm/x", "https://en.wikipedia.org/wiki/X",
]  # fmt: skip
ORDINARY = [
    "http://forum.example/", "http://forum.example/viewtopic.php?f=3&t=5", "http://gallery.example/album/1?page=2",
    "http://gallery.example/index.php?/category/4", "http://imgs.example/i/9.jpg", "http://share-files.example/d/12",
    "http://files.example/get/6", "http://blog.example/?p=12", "http://photo-archive.example/album/1",
    "http://gallery.example/web/2029/pic.html", "http://forum.example/archive/2029/01/", "http://board.example/b/res/1.html",
    "http://find-pics.example/view/3", "http://research.example/pictures/1", "http://198.51.100.7/a/", "http://pix.example/s/1",
    "http://someone.blogs.example/post/1", "http://forum.example/members/anna", "http://pics.example/send/3.jpg",
]  # fmt: skip


@pytest.mark.parametrize("url", NEVER)
def test_is_never_followed(url: str) -> None:
    reason = never_followed(parse_url(url))
    assert reason is not None
    assert "://" not in reason
    assert isinstance(decide(INNER, parse_url(url), embedded=False, on_inner_host=True), Refuse)


@pytest.mark.parametrize("url", ORDINARY)
def test_an_ordinary_site_is_followed(url: str) -> None:
    assert never_followed(parse_url(url)) is None


def test_a_search_form_s_rule_does_not_hold_for_what_a_page_embeds() -> None:
    url = parse_url("http://pics.example/search?q=1")
    assert never_followed(url, embedded=False)
    assert never_followed(url, embedded=True) is None


def test_every_rule_gives_a_reason() -> None:
    assert all(rule.name and rule.reason for rule in rules())
