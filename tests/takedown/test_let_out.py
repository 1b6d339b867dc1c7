"""Which digests of a case its host is told: none, unless the operator's file says so."""

import pytest
from homes import later
from takedown_builders import after, case, decided, digests, located, look, opened, put, seen, staff

from hotline.facts import NoticeItem
from hotline.home import Home
from hotline.words import Content, DigestKind, Origin
from takedown import ordering
from takedown.asking import Request

HERE = digests()
NEWER = digests("b")


@pytest.fixture
def home(practice_home: Home) -> Home:
    staff(practice_home, "ana")
    return practice_home


def allow(home: Home, *kinds: str) -> None:
    named = ", ".join(f'"{kind}"' for kind in kinds)
    (home.settings.home / "hotline.toml").write_text(f"[notices]\ndigests = [{named}]\n", encoding="utf-8")


def item_of(home: Home, number: int) -> NoticeItem:
    located(home, number)
    request = decided(home, number)
    assert isinstance(request, Request)
    with home.session() as session:
        (order,) = ordering.orders(home, session, [request], {})
    (item,) = order.items
    return item


def test_nothing_of_a_digest_leaves_unless_the_operator_says_so(home: Home) -> None:
    number = opened(home, sha256=HERE.sha256)
    seen(home, number, look())
    assert case(home, number).md5 == HERE.md5
    assert item_of(home, number).digests == ()


def test_what_is_up_there_is_told_by_the_kinds_that_are_allowed(home: Home) -> None:
    allow(home, "sha1", "md5")
    number = opened(home)
    seen(home, number, look())
    assert item_of(home, number).digests == ((DigestKind.MD5, HERE.md5), (DigestKind.SHA1, HERE.sha1))


def test_the_last_look_that_found_it_counts(home: Home) -> None:
    allow(home, "sha256")
    number = opened(home, sha256=HERE.sha256)
    seen(home, number, look())
    later(home, hours=1)
    put(home, number, assessed_sha256=NEWER.sha256)
    seen(home, number, look(after(hours=1), digests=NEWER))
    assert item_of(home, number).digests == ((DigestKind.SHA256, NEWER.sha256),)


def test_without_a_look_the_digest_that_the_analysts_gave_is_told(home: Home) -> None:
    allow(home, "md5", "sha256")
    assert item_of(home, opened(home, sha256=HERE.sha256)).digests == ((DigestKind.SHA256, HERE.sha256),)


def test_a_page_has_no_digest_that_a_host_could_look_for(home: Home) -> None:
    allow(home, "sha256")
    number = opened(home)
    seen(home, number, look(content=Content.PAGE, shape="0" * 16))
    assert item_of(home, number).digests == ()


def test_an_order_says_who_found_it(home: Home) -> None:
    number = opened(home)
    assert item_of(home, number).origin is Origin.REPORT
    put(home, number, origin=Origin.CRAWL)
    assert item_of(home, number).origin is Origin.CRAWL
