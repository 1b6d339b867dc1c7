"""A host answers on its page while ``hotline run`` is at work, and what staff see of it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from hotline_shell import Shell
from little_world import LittleWorld

pytestmark = pytest.mark.journey


def code_of(shell: Shell, notice: str = "1") -> str:
    found = re.search(r"/answer#([0-9a-f]{64})", shell.json("notices", "show", notice)["message"])
    assert found
    return found[1]


@contextmanager
def running(shell: Shell) -> Iterator[httpx.Client]:
    """``hotline run``, and somebody who visits its site; it ends cleanly with the block."""
    process, told = shell.begin("run", "--public-port", "0"), shell.place / "streams" / "err"
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/answer[^$]*scheduler runs", told.read_text())):
            assert process.poll() is None and time.monotonic() < deadline, told.read_text()
            time.sleep(0.05)
        with httpx.Client(base_url=found[1], trust_env=False) as visitor:
            assert visitor.get("/healthz").status_code == 200
            yield visitor
    finally:
        process.terminate()
        assert process.wait(30) in (0, 130)


def test_a_host_disputes_and_a_person_sees_it(notified: Shell, world: LittleWorld) -> None:
    code = code_of(notified)
    with running(notified) as visitor:
        notice = visitor.post("/answer/open", json={"token": code}).json()
        ids = [item["id"] for item in notice["items"]]
        said = visitor.post("/answer/items", json={"token": code, "items": ids, "answer": "dispute", "note": "why"})
        assert said.json()["answered"] == len(ids)
    rows = notified.json("answers")
    assert [(row["notice"], row["answer"], row["note"]) for row in rows] == [(1, "dispute", "why")] * len(ids)
    assert any("answers of hosts" in problem for problem in notified.json("status")["problems"])
    assert notified.json("answers", "seen", "1", "--as", "ana") == {"notice": 1, "seen": len(ids)}
    assert notified.json("answers") == []
    assert len(notified.json("answers", "--all")) == len(ids)
    assert len(notified.json("answers", "--all", "--reveal", "--as", "ana")) == len(ids)
    notified.say("audit", "verify")


def test_a_large_host_is_allowed_and_revoked(notified: Shell, world: LittleWorld) -> None:
    address = notified.json("notices", "list")[0]["to"]
    token = notified.say("hosts", "allow", address, "--label", "their desk", "--as", "ana").out.split()[-1]
    assert re.fullmatch(r"[\w-]{43}", token)
    assert [(row["address"], row["valid"]) for row in notified.json("hosts", "list")] == [(address, True)]
    assert token not in notified.say("hosts", "list").out
    assert notified.json("hosts", "revoke", "1", "--as", "ana") == {"id": 1, "revoked": True}
    assert notified.json("notices", "revoke", "1", "--as", "ana") == {"notice": 1, "revoked": True}


@pytest.mark.prove
def test_removed_is_looked_at_within_a_minute_of_real_time(notified: Shell, world: LittleWorld) -> None:
    code = code_of(notified)
    with running(notified) as visitor:
        time.sleep(5)  # the first round of the jobs is over
        item = visitor.post("/answer/open", json={"token": code}).json()["items"][0]["id"]
        before = len(notified.json("case", str(item))["observations"])
        visitor.post("/answer/items", json={"token": code, "items": [item], "answer": "removed"})
        deadline = time.monotonic() + 62
        while len(notified.json("case", str(item))["observations"]) == before:
            assert time.monotonic() < deadline, "nobody looked within a minute"
            time.sleep(0.5)
