"""One credential over all notices to an address, and over nothing else."""

import httpx
import pytest
from homes import later, with_settings
from host_scenes import DESK, NOWHERE, case_of, make_notice, put, token_of, visiting

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case
from hotline.staff import Actor
from hotline.words import CaseState
from notices import access
from takedown import answer_views

ADA = Actor("ada")
URLS = [f"http://meadow.example/{number}.png" for number in range(1, 6)]


async def ask(home: Home, token: str, method: str = "GET", **more: object) -> httpx.Response:
    async with visiting(home) as visitor:
        headers = {"Authorization": f"Bearer {token}"}
        return await visitor.request(method, "/api/host/items", headers=headers, **more)  # type: ignore[arg-type]


def allowed(home: Home, address: str = DESK, days: int = 365) -> str:
    return access.allow(home, address, "Meadow, abuse desk", days, ADA).token


async def test_it_lists_every_item_of_every_notice_to_its_address_and_none_to_another(home: Home) -> None:
    make_notice(home, URLS[0], URLS[1])
    make_notice(home, "http://orchard.example/a.png", to="abuse@orchard.example")
    make_notice(home, URLS[2])
    found = (await ask(home, allowed(home, "Abuse@Meadow.example"))).json()
    assert [(item["id"], item["url"]) for item in found["items"]] == [(1, URLS[0]), (2, URLS[1]), (4, URLS[2])]
    assert (found["total"], found["next"]) == (3, None)


async def test_it_answers_items_of_several_notices_at_once(home: Home) -> None:
    make_notice(home, URLS[0], URLS[1])
    make_notice(home, URLS[2])
    later(home, hours=1)
    said = await ask(home, allowed(home), "POST", json={"items": [3, 1], "answer": "removed"})
    assert (said.json()["answered"], [item["state"] for item in said.json()["items"]]) == (2, ["answered"] * 2)
    assert [case_of(home, number).due_at for number in (1, 2, 3)] == [home.now(), None, home.now()]


async def test_one_item_that_is_another_hosts_and_nothing_is_taken(home: Home) -> None:
    make_notice(home, URLS[0])
    make_notice(home, "http://orchard.example/a.png", to="abuse@orchard.example")
    said = await ask(home, allowed(home), "POST", json={"items": [1, 2], "answer": "removed"})
    assert (said.status_code, said.json()) == (404, {"detail": "Not Found"})
    assert case_of(home, 1).due_at is None


async def test_states_and_pages_narrow_the_list(home: Home) -> None:
    make_notice(home, *(f"http://meadow.example/{number}.png" for number in range(250)))
    put(home, Case, 7, state=CaseState.REMOVED)
    token = allowed(home)
    gone = (await ask(home, token, params={"state": "gone,closed"})).json()
    assert [item["id"] for item in gone["items"]] == [7]
    pages = [(await ask(home, token, params={"state": "open", "page": str(page)})).json() for page in (1, 2, 3, 4)]
    assert [(len(page["items"]), page["next"]) for page in pages] == [(100, 2), (100, 3), (49, None), (0, None)]
    assert len({item["id"] for page in pages for item in page["items"]}) == 249
    for wrong in ({"state": "up"}, {"page": "0"}, {"page": "x"}):
        assert (await ask(home, token, params=wrong)).status_code == 422


@pytest.mark.parametrize("ending", ["unknown", "empty", "expired", "revoked", "no bearer", "notice"])
async def test_every_credential_that_opens_nothing_is_answered_alike(home: Home, ending: str) -> None:
    make_notice(home, URLS[0])
    token = allowed(home, days=1)
    if ending == "expired":
        later(home, days=1)
    if ending == "revoked":
        access.revoke(home, 1, ADA)
        access.revoke(home, 1, ADA)
    given = {"unknown": NOWHERE, "empty": "", "notice": token_of(home, 1)}.get(ending, token)
    async with visiting(home) as visitor:
        headers = {"Authorization": given if ending == "no bearer" else f"Bearer {given}"}
        for said in (
            await visitor.get("/api/host/items", headers=headers),
            await visitor.get("/api/host/items?page=x", headers=headers),
            await visitor.post("/api/host/items", headers=headers, json={"items": [1], "answer": "removed"}),
            await visitor.post("/api/host/items", headers=headers, json={"answer": "?"}),
        ):
            assert (said.status_code, said.json()) == (404, {"detail": "Not Found"})


def test_a_credential_is_for_a_mail_address_and_for_somebody(home: Home) -> None:
    for address, label, days in (("meadow", "x", 1), (DESK, " ", 1), (DESK, "x", 0)):
        with pytest.raises(HotlineError):
            access.allow(home, address, label, days, ADA)


def test_a_listing_shows_no_token_and_who_gave_it(home: Home) -> None:
    token = allowed(home)
    row = access.listing(home)[0]
    assert (row["address"], row["label"], row["by"], row["valid"]) == (DESK, "Meadow, abuse desk", "ada", True)
    assert token not in str(row)
    with pytest.raises(HotlineError, match="no credential 9"):
        access.revoke(home, 9, ADA)


async def test_answers_are_taken_and_listed_on_each_database(home_on: Home) -> None:
    home = with_settings(home_on, mail_from="notice@hotline.example", organisation="Practice hotline", country="NL")
    code = token_of(home, make_notice(home, URLS[0], URLS[1]))
    async with visiting(home) as visitor:
        said = await visitor.post("/answer/items", json={"token": code, "items": [1], "answer": "dispute"})
        assert said.status_code == 200
    found = (await ask(home, allowed(home), "POST", json={"items": [2], "answer": "removed"})).json()
    assert found["items"][0]["state"] == "answered"
    with home.reading() as session:
        waiting = answer_views.listing(home, session)
        assert ([row["case"] for row in waiting], answer_views.waiting(session)) == ([1], 1)
        assert waiting[0]["grace_until"] is not None
    assert answer_views.mark_seen(home, 1, ADA) == 2
    with home.reading() as session:
        assert answer_views.waiting(session) == 0 and len(answer_views.listing(home, session, everything=True)) == 2
