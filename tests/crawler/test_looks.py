"""Looking again: what may be believed, and what must be asked twice."""

import hashlib
from typing import Any

import pytest
from aiohttp import web
from crawler_world import START, LittleWeb, entry_of, picture

from crawler.hashlists.index import ListIndex
from crawler.looks import MOST_MEDIA_OF_A_PAGE, look, look_all
from crawler.siblings import beside
from hotline.address import parse_url
from hotline.facts import Look, LookOrder, NameSaid
from hotline.network.answers import DnsReply
from hotline.words import Content, ListKind

SITE, PAGE, FILE = "http://host.example", "http://host.example/t/1", "http://host.example/a/1.png"
KNOWN, OTHER = picture(1), picture(2)
SHA256 = hashlib.sha256(KNOWN).hexdigest()


async def see(eyes: Any, index: ListIndex | None = None, **order: Any) -> Look:
    known = {"content": Content.MEDIA, "sha256": SHA256, "url": FILE, **order}
    return await look(LookOrder(case_id=1, **known), eyes.fetcher, index or ListIndex(), START)


async def test_the_known_file_is_seen_at_the_first_request(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[FILE] = KNOWN
    seen = await see(eyes, entry=(PAGE,))
    assert (seen.status, seen.replayed, seen.redirects, seen.sibling) == (200, False, 0, None)
    assert seen.digests is not None
    assert seen.digests.sha256 == SHA256
    assert little_web.asked == [FILE]
    assert little_web.headers[FILE][0]["Referer"] == PAGE
    assert seen.size == len(KNOWN)


async def test_a_disguised_site_is_asked_again_by_the_confirming_path(eyes: Any, little_web: LittleWeb) -> None:
    async def entrance(request: web.BaseRequest) -> web.Response:
        return web.Response(text="<p>hello", content_type="text/html", headers={"Set-Cookie": "seen=1"})

    async def disguised(request: web.BaseRequest) -> web.Response:
        right = request.headers.get("Cookie") == "seen=1" and request.headers.get("Referer") == PAGE
        return web.Response(body=KNOWN) if right else web.Response(status=404)

    little_web.sites |= {PAGE: entrance, FILE: disguised}
    seen = await see(eyes, referrer="http://other.example/start", entry=(PAGE,))
    assert seen.replayed
    assert seen.status == 200
    assert little_web.asked == [FILE, "http://other.example/start", PAGE, FILE]


async def test_a_denial_stays_one_after_the_path_was_walked(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[PAGE] = "<p>words"
    seen = await see(eyes, entry=(PAGE,))
    assert (seen.status, seen.replayed, seen.moved_to) == (404, True, None)


async def test_where_the_page_embeds_the_file_now_is_told(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites |= {PAGE: '<img src="/a/9.png"><a href="/b/1.png">x</a>', f"{SITE}/a/9.png": OTHER}
    little_web.sites[f"{SITE}/b/1.png"] = KNOWN
    assert (await see(eyes, entry=(PAGE,))).moved_to == f"{SITE}/b/1.png"


async def test_where_the_page_that_stands_in_its_place_shows_the_file_is_told(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites |= {FILE: '<p>a picture <img src="/raw/1.png">', f"{SITE}/raw/1.png": KNOWN}
    assert (await see(eyes)).moved_to == f"{SITE}/raw/1.png"
    little_web.sites[f"{SITE}/raw/1.png"] = OTHER
    assert (await see(eyes)).moved_to is None


@pytest.mark.parametrize(
    ("answer", "unclear"), [(503, 1), (403, 1), (404, 0), ("<p>words", 0), ("<p>Please log in to continue", 1)]
)
async def test_a_page_of_the_path_that_is_neither_shown_nor_denied_is_counted(
    eyes: Any, little_web: LittleWeb, answer: int | str, unclear: int
) -> None:
    little_web.sites[PAGE] = answer
    assert (await see(eyes, entry=(PAGE,))).path_unclear == unclear


async def test_a_page_of_the_path_on_another_site_gives_no_cookie_and_is_not_counted(
    eyes: Any, little_web: LittleWeb
) -> None:
    little_web.sites["http://elsewhere.example/1"] = 503
    assert (await see(eyes, referrer="http://elsewhere.example/1")).path_unclear == 0
    little_web.sites["http://forum.host.example/1"] = 503
    assert (await see(eyes, referrer="http://forum.host.example/1")).path_unclear == 1


async def test_files_of_a_page_that_is_denied_are_looked_at_too(eyes: Any, little_web: LittleWeb) -> None:
    async def denying(request: web.BaseRequest) -> web.Response:
        return web.Response(status=404, text='<p>none <img src="/a/1.png">', content_type="text/html")

    little_web.sites |= {PAGE: denying, FILE: KNOWN}
    order = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({SHA256})}
    assert ((seen := await see(eyes, **order)).status, seen.media_seen) == (404, 1)


async def test_other_content_is_held_against_a_random_address(eyes: Any, little_web: LittleWeb) -> None:
    async def anything(request: web.BaseRequest, url: str) -> web.StreamResponse:
        return web.Response(text="<p>Welcome to the site", content_type="text/html")

    little_web._answer = anything  # type: ignore[method-assign]
    seen = await see(eyes)
    assert seen.sibling is not None
    assert seen.digests is not None
    assert (seen.sibling.status, seen.sibling.content) == (200, Content.PAGE)
    assert seen.sibling.sha256 == seen.digests.sha256
    assert seen.sibling.shape == seen.shape


async def test_a_picture_saved_anew_has_a_distance(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[FILE] = picture(1, "JPEG")
    seen = await see(eyes, pdq=entry_of(KNOWN, "pdq").pdq)
    assert seen.distance is not None
    assert seen.distance <= 31
    assert seen.sibling is not None
    assert seen.sibling.status == 404


async def test_a_known_placeholder_is_told(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[FILE] = OTHER
    index = ListIndex([entry_of(OTHER, list_kind=ListKind.PLACEHOLDER)])
    assert (await see(eyes, index)).listed is ListKind.PLACEHOLDER


async def test_five_redirects_are_followed_and_the_end_is_told(eyes: Any, little_web: LittleWeb) -> None:
    async def away(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": "/b/1.png"})

    async def round_and_round(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": "/loop"})

    little_web.sites |= {FILE: away, f"{SITE}/b/1.png": KNOWN, f"{SITE}/loop": round_and_round}
    seen = await see(eyes)
    assert (seen.redirects, seen.final_url) == (1, f"{SITE}/b/1.png")
    assert (await see(eyes, url=f"{SITE}/loop")).fault == "redirects"


async def test_a_wall_is_told(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[FILE] = "<p>Please log in to continue<form><input type=password></form>"
    seen = await see(eyes)
    assert seen.wall
    assert seen.sibling is None


async def test_a_page_case_counts_its_known_files(eyes: Any, little_web: LittleWeb) -> None:
    async def slow(request: web.BaseRequest) -> web.Response:
        return web.Response(status=503)

    little_web.sites |= {PAGE: '<img src="/a/1.png"><img src="/a/2.png"><img src="/a/3.png">', FILE: KNOWN}
    little_web.sites |= {f"{SITE}/a/2.png": OTHER, f"{SITE}/a/3.png": slow}
    seen = await see(eyes, url=PAGE, content=Content.PAGE, sha256="0" * 64, media=frozenset({SHA256, "f" * 64}))
    assert (seen.media_known, seen.media_seen, seen.media_unclear) == (2, 1, 1)
    assert seen.shape is not None


async def test_a_page_case_whose_files_were_all_saved_anew_is_seen(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites |= {PAGE: '<img src="/a/2.jpg">', f"{SITE}/a/2.jpg": picture(1, "JPEG")}
    pdq = entry_of(KNOWN, "pdq").pdq
    assert pdq is not None
    order: dict[str, Any] = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({SHA256})}
    assert (await see(eyes, **order)).media_seen == 0
    assert (await see(eyes, **order, media_pdq=frozenset({pdq}))).media_seen == 1
    harmless = ListIndex([entry_of(picture(1, "JPEG"), list_kind=ListKind.HARMLESS)])
    assert (await see(eyes, harmless, **order, media_pdq=frozenset({pdq}))).media_seen == 0


async def test_a_page_case_with_other_listed_material_on_it_is_seen(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites |= {PAGE: '<img src="/a/2.png">', f"{SITE}/a/2.png": OTHER}
    order: dict[str, Any] = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({SHA256})}
    assert (await see(eyes, ListIndex([entry_of(OTHER)]), **order)).media_seen == 1


async def test_files_of_a_page_beyond_those_that_are_fetched_are_unclear(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[PAGE] = "".join(f'<img src="/m/{number}.png">' for number in range(MOST_MEDIA_OF_A_PAGE + 3))
    seen = await see(eyes, url=PAGE, content=Content.PAGE, sha256="0" * 64, media=frozenset({SHA256}))
    assert (seen.media_seen, seen.media_unclear) == (0, 3)


async def test_a_page_that_hides_its_files_is_asked_again_too(eyes: Any, little_web: LittleWeb) -> None:
    async def entrance(request: web.BaseRequest) -> web.Response:
        return web.Response(text="<p>hello", content_type="text/html", headers={"Set-Cookie": "seen=1"})

    async def page(request: web.BaseRequest) -> web.Response:
        picture = '<img src="/a/1.png">' if request.headers.get("Cookie") == "seen=1" else ""
        return web.Response(text=f"<p>words {picture}", content_type="text/html")

    little_web.sites |= {f"{SITE}/": entrance, PAGE: page, FILE: KNOWN}
    order = {"url": PAGE, "content": Content.PAGE, "sha256": "0" * 64, "media": frozenset({SHA256})}
    seen = await see(eyes, entry=(f"{SITE}/",), **order)
    assert (seen.replayed, seen.media_seen) == (True, 1)


@pytest.mark.parametrize("host", ["unknown", "dead"])
async def test_faults_of_the_way_are_faults(eyes: Any, little_web: LittleWeb, host: str) -> None:
    getattr(little_web, host).add("host.example")
    seen = await see(eyes, entry=(PAGE,))
    assert seen.fault == ("nxdomain" if host == "unknown" else "refused")
    assert seen.resolvers_denying == seen.resolvers_asked == (2 if host == "unknown" else 0)
    assert not seen.replayed


async def test_a_first_look_learns_what_is_there(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites[PAGE] = "<p>words"
    seen = await see(eyes, url=PAGE, content=None, sha256=None)
    assert (seen.content, seen.sibling, seen.replayed) == (Content.PAGE, None, False)


async def test_a_fault_of_ours_is_told_as_one(eyes: Any) -> None:
    seen = await see(eyes, url="not a url")
    assert seen.fault == "broken"
    assert "ours" in str(seen.fault_reason)


async def test_evidence_of_the_way_and_of_the_file_is_kept_and_never_the_file(eyes: Any, little_web: LittleWeb) -> None:
    async def file(request: web.BaseRequest) -> web.Response:
        headers = {"ETag": '"one"', "Last-Modified": "Tue, 01 Jan 2030 00:00:00 GMT", "Content-Type": "image/jpeg"}
        return web.Response(body=KNOWN, headers=headers)

    little_web.sites[FILE] = file
    little_web.replies["host.example"] = (
        DnsReply("192.0.2.53:53", "answer", ("198.51.100.7",), ("edge.example",)),
        DnsReply("192.0.2.53:53", "empty"),
        DnsReply("192.0.2.54:53", "nxdomain"),
    )
    seen = await see(eyes)
    assert seen.names == (
        NameSaid("192.0.2.53:53", "answer", ("198.51.100.7",), ("edge.example",)),
        NameSaid("192.0.2.54:53", "nxdomain"),
    )
    assert (seen.peer, seen.tls) == ("198.51.100.7", None)
    assert (seen.said_type, seen.media_type) == ("image/jpeg", "image/png")
    assert dict(seen.validators) == {"etag": '"one"', "last-modified": "Tue, 01 Jan 2030 00:00:00 GMT"}
    assert seen.digests is not None
    assert seen.digests.length == len(KNOWN)
    assert not [value for value in vars(seen).values() if isinstance(value, bytes)]


async def test_what_the_name_servers_said_is_kept_when_nobody_answers(eyes: Any, little_web: LittleWeb) -> None:
    little_web.unknown.add("host.example")
    seen = await see(eyes)
    assert {(said.resolver, said.outcome) for said in seen.names} == {
        ("resolver 1", "nxdomain"), ("resolver 2", "nxdomain"),
    }  # fmt: skip
    assert seen.peer is None


async def test_many_looks_come_back_each_with_its_order_and_never_two_of_one_host_at_once(
    eyes: Any, little_web: LittleWeb
) -> None:
    little_web.sites |= {f"{SITE}/{n}": KNOWN if n % 2 else 404 for n in range(20)}
    orders = [LookOrder(n, f"{SITE}/{n}", sha256=SHA256, content=Content.MEDIA) for n in range(20)]
    looks = look_all(orders, lambda order: look(order, eyes.fetcher, ListIndex(), START))
    seen = {order.case_id: look.status async for order, look in looks}
    assert seen == {n: 200 if n % 2 else 404 for n in range(20)}
    assert little_web.most_at_once == 1


async def test_a_host_with_many_cases_does_not_hold_up_the_others(eyes: Any, little_web: LittleWeb) -> None:
    little_web.sites |= {f"{SITE}/{n}": KNOWN for n in range(60)}
    little_web.sites |= {f"http://other-{n}.example/1": KNOWN for n in range(6)}
    orders = [LookOrder(n, url, sha256=SHA256, content=Content.MEDIA) for n, url in enumerate(little_web.sites)]
    looks = look_all(orders, lambda order: look(order, eyes.fetcher, ListIndex(), START))
    done = [order.url async for order, _ in looks]
    assert len(done) == 66
    assert max(done.index(f"http://other-{n}.example/1") for n in range(6)) < 20


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("http://a.example/x/y/12.jpg", r"http://a\.example/x/y/[a-z]+\.jpg"),
        ("http://a.example/x/", r"http://a\.example/[a-z]+/"),
        ("http://a.example/", r"http://a\.example/[a-z]+/"),
        ("http://a.example/view?id=553", r"http://a\.example/view\?id=[1-9]{3}"),
        ("http://a.example/view?abc", r"http://a\.example/view\?[a-z]+"),
    ],
)
def test_a_sibling_stands_beside(address: str, pattern: str) -> None:
    import re

    assert re.fullmatch(pattern, beside(parse_url(address)).text)
