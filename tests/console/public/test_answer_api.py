"""The host's page for programs (CONTRACT, "The web"): what it tells, to whom, and what an answer does."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from homes import later
from host_scenes import NOWHERE, case_of, make_notice, put, token_of, visiting
from sqlmodel import select

from console.headers import SECURITY_HEADERS
from hotline.home import Home
from hotline.records import AuditLeaf, Case, Episode, Notice, Reply, Told
from hotline.staff import Actor
from hotline.vault import Vault
from hotline.words import CaseState, NoticeState
from notices import answering

ONE, TWO, THREE = (f"http://meadow.example/{name}.png" for name in ("a", "b", "c"))


async def post(home: Home, path: str, **document: Any) -> httpx.Response:
    async with visiting(home) as visitor:
        return await visitor.post(f"/answer/{path}", json=document)


def leaves(home: Home) -> int:
    with home.reading() as session:
        return len(session.exec(select(AuditLeaf)).all())


async def test_a_token_opens_its_notice_and_no_other(home: Home) -> None:
    make_notice(home, THREE, to="abuse@orchard.example")
    notice = make_notice(home, ONE, TWO)
    said = await post(home, "open", token=token_of(home, notice))
    document = said.json()
    assert (said.status_code, document["notice"], document["language"]) == (200, notice, "en")
    assert [(item["id"], item["url"], item["state"]) for item in document["items"]] == [
        (2, ONE, "open"),
        (3, TWO, "open"),
    ]


async def test_opening_changes_nothing_however_often(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    before = leaves(home), case_of(home, 1)
    for _ in range(3):
        await post(home, "open", token=token)
        await post(home, "export", token=token, format="csv")
    assert (leaves(home), case_of(home, 1)) == before


async def test_removed_makes_the_case_due_and_removes_nothing(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE, TWO))
    later(home, hours=3)
    said = await post(home, "items", token=token, items=[1], answer="removed", note="done")
    assert said.status_code == 200
    assert [item["state"] for item in said.json()["items"]] == ["answered", "open"]
    assert (case_of(home, 1).due_at, case_of(home, 1).state) == (home.now(), CaseState.NOTIFIED)
    assert case_of(home, 2).due_at is None


async def test_the_same_answer_twice_changes_nothing(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    first = await post(home, "items", token=token, items=[1], answer="dispute", note="why")
    before = leaves(home)
    second = await post(home, "items", token=token, items=[1], answer="dispute", note="why")
    assert (second.json(), leaves(home)) == (first.json(), before)


async def test_more_time_is_given_as_named(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    until = (home.now() + timedelta(hours=30)).isoformat()
    await post(home, "items", token=token, items=[1], answer="need_time", until=until)
    with home.reading() as session:
        assert session.exec(select(Episode)).one().grace_until == home.now() + timedelta(hours=30)


async def test_the_contact_that_is_named_waits_for_a_person(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    await post(home, "items", token=token, items=[1], answer="not_here", contact="abuse@grove.example")
    with home.reading() as session:
        assert home.vault.text(session.exec(select(Told)).one(), "value") == "abuse@grove.example"


async def test_an_answer_settles_whether_the_message_arrived(home: Home) -> None:
    notice = make_notice(home, ONE)
    put(home, Notice, notice, state=NoticeState.UNKNOWN, unknown_at=home.now())
    await post(home, "items", token=token_of(home, notice), items=[1], answer="removed")
    with home.reading() as session:
        assert session.get_one(Notice, notice).state is NoticeState.SENT


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({}, "open"),
        ({"state": CaseState.REVIEW}, "open"),
        ({"state": CaseState.REMOVED}, "gone"),
        ({"state": CaseState.REJECTED}, "closed"),
        ({"state": CaseState.CLOSED}, "closed"),
    ],
)
async def test_each_state_is_told_in_a_word_for_hosts(home: Home, columns: dict[str, Any], word: str) -> None:
    token = token_of(home, make_notice(home, ONE))
    put(home, Case, 1, **columns)
    assert (await post(home, "open", token=token)).json()["items"][0]["state"] == word


async def test_one_look_that_did_not_find_it_is_not_called_gone(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    put(home, Case, 1, first_gone_at=home.now())
    assert (await post(home, "open", token=token)).json()["items"][0]["state"] == "checking"
    put(home, Case, 1, state=CaseState.CLOSED, removed_at=home.now())
    assert (await post(home, "open", token=token)).json()["items"][0]["state"] == "gone"


async def test_what_is_seen_online_after_removed_was_said_is_open_again(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    await post(home, "items", token=token, items=[1], answer="removed")
    put(home, Case, 1, last_online_at=home.now() + timedelta(minutes=1))
    assert (await post(home, "open", token=token)).json()["items"][0]["state"] == "open"


WRONG_TOKENS: list[Any] = [
    NOWHERE, "", "x", "ä", "f" * 64, "f" * 63, "f" * 5000, None, 7, [], {}, True, "\ud800", "a\0b", "' OR 1=1 --",
]  # fmt: skip


async def test_whatever_opens_nothing_is_answered_all_alike(home: Home) -> None:
    shapes = set()
    ended, revoked, withheld = (make_notice(home, f"http://meadow.example/{name}.png") for name in "xyz")
    put(home, Notice, ended, token_expires_at=home.now())
    answering.revoke(home, revoked, Actor("ana"))
    put(home, Notice, withheld, state=NoticeState.WITHHELD)
    good = token_of(home, make_notice(home, ONE))
    tokens = [*WRONG_TOKENS, *(token_of(home, each) for each in (ended, revoked, withheld)), good.upper(), good[:-1]]
    async with visiting(home) as visitor:

        async def say(path: str, **document: Any) -> None:
            note(await visitor.post(f"/answer/{path}", content=json.dumps(document)))

        def note(said: httpx.Response) -> None:
            shapes.add((said.status_code, said.text, tuple(sorted(said.headers.items()))))

        for token in tokens:
            await say("open", token=token)
            await say("items", token=token, items=[1], answer="removed")
            await say("items", token=token, items="?", answer="?")
            await say("export", token=token, format="csv")
            await say("export", token=token, format="?")
        await say("items", token=good, items=[1], answer="removed")  # another notice's item
        await say("items", token=good, items=[4, 999], answer="removed")
        await say("items", token=good, items=["x"], answer="removed")
        for content in (b"", b"[]", b"{", b"[" * 100_000, b"\xff"):
            note(await visitor.post("/answer/open", content=content))
        note(await visitor.get("/nowhere"))
    assert len(shapes) == 1 and next(iter(shapes))[0] == 404
    assert all(case_of(home, number).due_at is None for number in range(1, 5))


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "gone"},
        {"answer": "wrong_address"},
        {"answer": ["removed"]},
        {"items": []},
        {"items": "1"},
        {"note": 7},
        {"note": "x" * 4001},
        {"contact": "x" * 301},
        {"answer": "need_time", "until": "soon"},
        {"answer": "need_time", "until": "2029-01-01T00:00:00Z"},
        {"answer": "need_time", "until": 5},
    ],
)
async def test_who_has_the_token_is_told_what_is_wrong(home: Home, wrong: dict[str, Any]) -> None:
    token = token_of(home, make_notice(home, ONE))
    before = leaves(home)
    said = await post(home, "items", **{"token": token, "items": [1], "answer": "removed"} | wrong)
    assert (said.status_code, leaves(home)) == (422, before)
    assert said.json()["detail"].partition(":")[0] in ("answer", "items", "note", "contact", "until")


async def test_a_body_without_end_is_cut_off(home: Home) -> None:
    assert (await post(home, "open", token="0" * 1_000_001)).status_code == 413


async def test_lists_are_saved_and_formulas_in_them_are_dead(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE, "http://meadow.example/=cmd"))
    table = await post(home, "export", token=token, format="csv")
    assert table.headers["content-disposition"] == 'attachment; filename="notice-1.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["id"], row["url"], row["state"]) for row in rows] == [
        ("1", ONE, "open"),
        ("2", "http://meadow.example/=cmd", "open"),
    ]
    document = (await post(home, "export", token=token, format="json")).json()
    assert [item["id"] for item in document["items"]] == [1, 2]
    saved = await post(home, "export", token=token, format="xarf")
    assert saved.headers["content-disposition"] == 'attachment; filename="notice-1.xarf.json"'
    assert [each["url"] for each in saved.json()] == [item["url"] for item in document["items"]]
    assert {each["xarf_version"] for each in saved.json()} == {"4.2.0"}
    assert (await post(home, "export", token=token, format="pdf")).status_code == 422


async def test_every_answer_carries_the_headers_and_no_cookie(home: Home) -> None:
    async with visiting(home) as visitor:
        for method, path in (
            ("GET", "/answer"), ("POST", "/answer"), ("GET", "/healthz"), ("GET", "/openapi.json"), ("GET", "/nowhere"),
            ("PUT", "/answer"), ("POST", "/answer/open"), ("GET", "/static/page.css"), ("GET", "/static/page.js"),
            ("GET", "/static/../page.py"), ("GET", "/api/host/items"),
        ):  # fmt: skip
            said = await visitor.request(method, path)
            assert {name: said.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS, path
            assert "set-cookie" not in said.headers and "server" not in said.headers


async def test_a_fault_of_ours_tells_nothing_and_carries_the_headers(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(home, make_notice(home, ONE))
    monkeypatch.setattr(Vault, "text", lambda *_: 1 / 0)
    said = await post(home, "open", token=token)
    assert (said.status_code, said.json()) == (500, {"detail": "Internal Server Error"})
    assert {name: said.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_get_changes_nothing_and_tells_nothing(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    before = leaves(home)
    async with visiting(home) as visitor:
        for path in ("/answer", "/answer/open", "/answer/items", "/answer/export", "/answer/download"):
            said = await visitor.get(path, params={"token": token, "code": token, "items": "1", "answer": "removed"})
            assert ONE not in said.text
            assert said.status_code == (200 if path == "/answer" else 405)
    assert leaves(home) == before


async def test_the_openapi_document_tells_every_route_and_word(home: Home) -> None:
    async with visiting(home) as visitor:
        document = (await visitor.get("/openapi.json")).json()
        assert (await visitor.get("/healthz")).json() == {"status": "ok"}
    told = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert told == {
        ("get", "/healthz"), ("post", "/answer/open"), ("post", "/answer/items"), ("post", "/answer/export"),
        ("get", "/api/host/items"), ("post", "/api/host/items"),
    }  # fmt: skip
    schemas = document["components"]["schemas"]
    assert schemas["ItemState"]["enum"] == ["open", "answered", "checking", "gone", "closed"]
    said = document["paths"]["/answer/items"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert said["properties"]["answer"]["enum"] == ["removed", "not_here", "need_time", "dispute"]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


async def test_answers_of_the_page_are_no_mail(home: Home) -> None:
    token = token_of(home, make_notice(home, ONE))
    await post(home, "items", token=token, items=[1], answer="dispute")
    with home.reading() as session:
        assert not session.exec(select(Reply)).all()
