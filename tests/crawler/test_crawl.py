"""A whole crawl on a little web: what is found, how far it goes, what it leaves behind."""

import asyncio
import base64
from datetime import timedelta

import pytest
from aiohttp import web
from crawler_world import Crawling, FakeDesk, LittleWeb, confirm, entry_of, picture, rows

from crawler import tickets
from crawler.hashlists.matching import Entry
from hotline.home import Home
from hotline.records import Embargo, Frontier, FrontierLink, Ticket
from hotline.words import Content, EmbargoScope, ListKind, TicketState

FORUM, GALLERY, DOCK, NEWS = (f"http://{name}.example" for name in ("forum", "gallery", "dock", "news"))
KNOWN, OTHER, PLAIN = picture(1), picture(2), picture(3)


def show(*urls: str) -> str:
    return "".join(f'<img src="{url}">' for url in urls)


def link(*urls: str) -> str:
    return "".join(f'<a href="{url}">there</a>' for url in urls)


async def test_finds_copies_on_the_site_and_on_hosts_it_embeds(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/a/1.png", f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {
        f"{FORUM}/a/1.png": KNOWN,
        f"{FORUM}/t/1": show("/a/1.png", f"{DOCK}/i/9") + link("/t/2"),
        f"{FORUM}/t/2": show("/a/plain.png") + link(f"{DOCK}/files/copy.png"),
        f"{FORUM}/a/plain.png": PLAIN,
        f"{DOCK}/i/9": KNOWN,
        f"{DOCK}/files/copy.png": KNOWN,
    }
    report = await crawling()
    assert desk.urls == [f"{DOCK}/files/copy.png", f"{DOCK}/i/9", f"{FORUM}/a/1.png"]
    assert (f"{DOCK}/i/9", f"{FORUM}/t/1") in desk.sightings
    assert (f"{DOCK}/files/copy.png", f"{FORUM}/t/2") in desk.sightings
    assert (report.tickets, report.pages, report.media, report.matched, report.cases_opened) == (1, 2, 4, 3, 3)
    assert all(found.match.exact and found.content is Content.MEDIA for found in desk.found)


async def test_media_are_told_by_their_bytes_whatever_the_server_says(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))

    async def lies(request: web.BaseRequest) -> web.Response:
        return web.Response(body=KNOWN, content_type="text/html")

    little_web.sites |= {f"{FORUM}/t/1": link("/download/7"), f"{FORUM}/download/7": lies}
    await crawling()
    assert desk.urls == [f"{FORUM}/download/7"]


async def test_goes_three_links_and_takes_the_media_of_the_third(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {f"{FORUM}/{n}": link(f"/{n + 1}") + show(f"/{n}.png") for n in range(6)}
    little_web.sites |= {f"{FORUM}/{n}.png": KNOWN if n > 2 else PLAIN for n in range(6)}
    # What is on the third page is an exact match, so that page counts from nought again, and so does the sixth.
    await crawling()
    assert f"{FORUM}/5" in little_web.asked
    little_web.asked.clear()
    crawling.index = type(crawling.index)()
    confirm(home, f"{GALLERY}/0")
    little_web.sites |= {f"{GALLERY}/{n}": link(f"/{n + 1}") + show(f"/{n}.png") for n in range(6)}
    little_web.sites |= {f"{GALLERY}/{n}.png": PLAIN for n in range(6)}
    await crawling()
    assert f"{GALLERY}/3.png" in little_web.asked
    assert f"{GALLERY}/4" not in little_web.asked


async def test_goes_no_further_than_the_first_page_of_another_host_unless_a_match_is_there(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {
        f"{FORUM}/t/1": link(f"{NEWS}/", f"{GALLERY}/album/1"),
        f"{NEWS}/": show("/ordinary.png") + link("/more/1", f"{DOCK}/"),
        f"{NEWS}/ordinary.png": PLAIN,
        f"{GALLERY}/album/1": show("/p/1.png") + link("/album/2"),
        f"{GALLERY}/p/1.png": KNOWN,
        f"{GALLERY}/album/2": show("/p/2.png") + link("/album/3"),
        f"{GALLERY}/p/2.png": OTHER,
        f"{GALLERY}/album/3": "",
    }
    await crawling()
    assert f"{NEWS}/ordinary.png" in little_web.asked
    assert f"{NEWS}/more/1" not in little_web.asked
    assert f"{DOCK}/" not in little_web.asked
    assert f"{GALLERY}/p/2.png" in little_web.asked
    assert f"{GALLERY}/album/3" in little_web.asked


async def test_never_asks_search_engines_share_links_and_archives(
    crawling: Crawling, little_web: LittleWeb, home: Home
) -> None:
    confirm(home, f"{FORUM}/t/1")
    little_web.sites[f"{FORUM}/t/1"] = link(
        "http://lantern-search.example/search?q=a", "http://circle-share.example/sharer?u=b",
        f"http://yesteryear-archive.example/web/20290101/{FORUM}/", "http://a.example/searchbyimage?image_url=http://b/c",
    )  # fmt: skip
    report = await crawling()
    assert report.refused == 4
    assert little_web.asked == [f"{FORUM}/t/1"]


async def test_a_near_match_is_handed_over_as_near_and_widens_nothing(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN, "sha256", "pdq"))
    little_web.sites |= {
        f"{FORUM}/t/1": link(f"{GALLERY}/album/1"),
        f"{GALLERY}/album/1": show("/p/1.jpg") + link("/album/2"),
        f"{GALLERY}/p/1.jpg": picture(1, "JPEG"),
    }
    await crawling()
    (found,) = desk.found
    assert not found.match.exact
    assert found.match.kind == "pdq"
    assert 0 <= found.match.distance <= 31
    assert f"{GALLERY}/album/2" not in little_web.asked


async def test_a_harmless_file_opens_nothing(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))
    crawling.index.add(entry_of(KNOWN, list_name="fine", list_kind=ListKind.HARMLESS))
    little_web.sites |= {f"{FORUM}/t/1": show("/1.png"), f"{FORUM}/1.png": KNOWN}
    assert (await crawling()).matched == 0
    assert desk.found == []


async def test_a_matching_data_picture_makes_its_page_the_case(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))
    inline = f"data:image/png;base64,{base64.b64encode(KNOWN).decode()}"
    little_web.sites |= {f"{FORUM}/t/1": link("/t/2"), f"{FORUM}/t/2": show(inline) + "<p>shapes"}
    await crawling()
    assert [(found.url, found.content) for found in desk.found] == [(f"{FORUM}/t/2", Content.PAGE)]


async def test_a_redirected_file_is_a_case_where_it_ends(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))

    async def away(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{DOCK}/i/1"})

    little_web.sites |= {f"{FORUM}/t/1": show("/go/1"), f"{FORUM}/go/1": away, f"{DOCK}/i/1": KNOWN}
    await crawling()
    assert desk.sightings == [(f"{DOCK}/i/1", f"{FORUM}/t/1")]


async def test_follows_five_redirects_and_no_more(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/r/0")

    async def on(request: web.BaseRequest) -> web.Response:
        return web.Response(status=301, headers={"Location": f"/r/{int(request.path.rpartition('/')[2]) + 1}"})

    little_web.sites |= {f"{FORUM}/r/{n}": on for n in range(20)}
    report = await crawling()
    assert len(little_web.asked) == 6
    assert report.unclear == 1


async def test_a_page_found_after_its_picture_is_noted_too(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {
        f"{FORUM}/t/1": show("/1.png") + link("/t/2"),
        f"{FORUM}/t/2": link("/t/3"),
        f"{FORUM}/t/3": show("/1.png"),
        f"{FORUM}/1.png": KNOWN,
    }
    await crawling()
    assert sorted(desk.sightings) == [(f"{FORUM}/1.png", f"{FORUM}/t/1"), (f"{FORUM}/1.png", f"{FORUM}/t/3")]
    assert little_web.times(f"{FORUM}/1.png") == 1


async def test_what_an_embargoed_case_leads_to_is_held_as_long(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/t/1")
    until = home.now() + timedelta(days=3)
    with home.session() as session:
        subject = home.vault.index("url", f"{FORUM}/t/1")
        session.add(Embargo(scope=EmbargoScope.URL, subject_bi=subject, until=until, staff="ana", set_at=home.now()))
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {f"{FORUM}/t/1": link("/t/2"), f"{FORUM}/t/2": show("/1.png"), f"{FORUM}/1.png": KNOWN}
    await crawling()
    assert desk.held == {f"{FORUM}/1.png": until}


async def test_without_a_mandate_no_link_is_followed(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/t/1")
    report = await crawling(may_follow=False)
    assert (report.tickets, little_web.asked) == (1, [])
    assert rows(home, Ticket)[0].state is TicketState.DONE


async def test_stops_at_the_page_budget(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/0", page_budget=5)
    little_web.sites |= {f"{FORUM}/0": link(*(f"/{n}" for n in range(1, 30)))}
    little_web.sites |= {f"{FORUM}/{n}": "page" for n in range(1, 30)}
    report = await crawling()
    assert report.pages == 5
    assert report.refused == 25


async def test_stops_at_the_byte_budget(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/0", byte_budget=len(PLAIN) * 3)
    little_web.sites |= {f"{FORUM}/0": show(*(f"/{n}.png" for n in range(1, 30)))}
    little_web.sites |= {f"{FORUM}/{n}.png": PLAIN for n in range(1, 30)}
    report = await crawling()
    assert report.media <= 3 + 4
    assert report.refused >= 20


async def test_another_ticket_that_leads_there_pays_on(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/0", page_budget=2)
    second = confirm(home, f"{FORUM}/second")
    little_web.sites |= {f"{FORUM}/0": link(*(f"/{n}" for n in range(1, 12)))}
    little_web.sites |= {f"{FORUM}/second": link(*(f"/{n}" for n in range(1, 9)))}
    little_web.sites |= {f"{FORUM}/{n}": "page" for n in range(1, 12)}
    await crawling()
    assert sum(little_web.times(f"{FORUM}/{n}") for n in range(1, 9)) == 8
    by_ticket = {row.id: row.pages for row in rows(home, Ticket)}
    assert by_ticket[second] >= 7


async def test_nothing_of_the_frontier_outlives_the_crawl(
    crawling: Crawling, little_web: LittleWeb, home: Home
) -> None:
    confirm(home, f"{FORUM}/0")
    little_web.sites |= {f"{FORUM}/0": link("/1", f"{NEWS}/")}
    await crawling()
    assert rows(home, Frontier) == []
    assert rows(home, FrontierLink) == []
    assert rows(home, Ticket)[0].state is TicketState.DONE


async def test_an_expired_ticket_gives_no_right(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/0", expires_at=home.now())
    assert (await crawling()).tickets == 0
    assert little_web.asked == []
    assert rows(home, Ticket)[0].state is TicketState.EXPIRED


async def test_a_failing_desk_ends_the_crawl_and_the_next_one_loses_nothing(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    crawling.index.add(entry_of(KNOWN))
    little_web.sites |= {f"{FORUM}/0": show("/1.png"), f"{FORUM}/1.png": KNOWN}

    def broken(*_: object) -> bool:
        raise RuntimeError("no room")

    whole, desk.opened = desk.opened, broken  # type: ignore[method-assign]
    failed = None
    try:
        await crawling()
    except RuntimeError as wrong:
        failed = wrong
    assert failed is not None
    assert rows(home, Ticket)[0].lease_by is None
    desk.opened = whole  # type: ignore[method-assign]
    report = await crawling()
    assert report.cases_opened == 1
    assert little_web.times(f"{FORUM}/0") == 1


async def test_the_cookie_and_the_page_go_with_the_picture(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    crawling.index.add(entry_of(KNOWN))

    async def page(request: web.BaseRequest) -> web.Response:
        return web.Response(text=show("/1.png"), content_type="text/html", headers={"Set-Cookie": "key=7; Path=/"})

    async def guarded(request: web.BaseRequest) -> web.Response:
        right = request.headers.get("Cookie") == "key=7" and request.headers.get("Referer") == f"{FORUM}/0"
        return web.Response(body=KNOWN) if right else web.Response(status=404)

    little_web.sites |= {f"{FORUM}/0": page, f"{FORUM}/1.png": guarded}
    await crawling()
    assert desk.urls == [f"{FORUM}/1.png"]


async def test_a_dead_host_costs_a_few_attempts_not_hundreds(
    crawling: Crawling, little_web: LittleWeb, home: Home
) -> None:
    confirm(home, f"{FORUM}/0")
    little_web.dead.add("dock.example")
    little_web.unknown.add("lost.example")
    little_web.sites[f"{FORUM}/0"] = show(
        *(f"{DOCK}/{n}.png" for n in range(40)), *(f"http://lost.example/{n}.png" for n in range(40))
    )
    report = await crawling()
    assert report.unclear + report.refused == 80


async def test_at_most_four_requests_to_one_host(crawling: Crawling, little_web: LittleWeb, home: Home) -> None:
    confirm(home, f"{FORUM}/0")
    little_web.sites |= {f"{FORUM}/0": show(*(f"/{n}.png" for n in range(40)))}
    little_web.sites |= {f"{FORUM}/{n}.png": PLAIN for n in range(40)}
    await crawling()
    assert little_web.most_at_once <= 4


async def test_a_broken_page_is_unclear_and_the_rest_goes_on(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    crawling.index.add(entry_of(KNOWN))

    async def hangs_up(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    little_web.sites |= {
        f"{FORUM}/0": show("/1.png", "/2.png") + link("/3", "/4"),
        f"{FORUM}/1.png": hangs_up, f"{FORUM}/2.png": KNOWN, f"{FORUM}/3": 503, f"{FORUM}/4": 403,
    }  # fmt: skip
    report = await crawling()
    assert desk.urls == [f"{FORUM}/2.png"]
    assert report.unclear == 3


async def test_a_confirmed_file_that_no_list_knows_still_notes_its_pages(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/1.png", f"{FORUM}/0")
    little_web.sites |= {f"{FORUM}/0": show("/1.png") + link("/9"), f"{FORUM}/9": show("/1.png")}
    little_web.sites[f"{FORUM}/1.png"] = KNOWN
    report = await crawling()
    assert (report.matched, desk.found) == (0, [])
    assert set(desk.sightings) == {(f"{FORUM}/1.png", f"{FORUM}/0"), (f"{FORUM}/1.png", f"{FORUM}/9")}


async def test_an_entry_learnt_by_md5_and_length_is_exact(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    known = entry_of(KNOWN, "md5", "length")
    crawling.index.add(known)
    crawling.index.add(Entry("short", ListKind.ILLEGAL, md5=entry_of(OTHER, "md5").md5))
    little_web.sites |= {f"{FORUM}/0": show("/1.png", "/2.png"), f"{FORUM}/1.png": KNOWN, f"{FORUM}/2.png": OTHER}
    await crawling()
    assert desk.urls == [f"{FORUM}/1.png"]


async def test_a_second_crawl_beside_a_living_one_takes_nothing(home: Home) -> None:
    confirm(home, f"{FORUM}/0")
    first = tickets.claim(home, True)
    assert first is not None
    assert tickets.claim(home, True, worker=f"elsewhere:1:{first.worker}") is None


async def test_a_cancelled_crawl_gives_its_tickets_back(
    crawling: Crawling, little_web: LittleWeb, home: Home, desk: FakeDesk
) -> None:
    confirm(home, f"{FORUM}/0")
    reached, never = asyncio.Event(), asyncio.Event()

    async def hanging(request: web.BaseRequest) -> web.Response:
        reached.set()
        await never.wait()
        return web.Response()

    little_web.sites |= {f"{FORUM}/0": show("/1.png") + link("/2"), f"{FORUM}/1.png": hanging, f"{FORUM}/2": "page"}
    task = asyncio.create_task(crawling())
    await asyncio.wait_for(reached.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 30)
    (ticket,) = rows(home, Ticket)
    assert (ticket.state, ticket.lease_by) == (TicketState.OPEN, None)
    never.set()
