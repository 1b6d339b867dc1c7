"""RDAP over real sockets on loopback, from servers that pack, drip, flood and hang up."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline import settings as house
from hotline.clock import FixedClock
from hotline.network import Network
from hotline.words import HomeKind
from takedown.hosting.rdap.client import LONGEST_BODY, Answer, RdapClient
from takedown.hosting.servers import Servers
from tests.takedown.hosting.hosting_world import network

RECORD = json.dumps(network("198.51.100.0", "198.51.100.255")).encode()


@asynccontextmanager
async def server(head: bytes, *pieces: bytes, pause: float = 0.0) -> AsyncIterator[str]:
    """Sends the same to everybody, piece by piece; its origin."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + head + b"\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def asked(home: Path, origin: str, deadline: float = 10.0) -> Answer:
    loaded = house.load({"HOTLINE_HOME": str(home)})
    async with Network.open(loaded, HomeKind.PRACTICE, FixedClock(datetime.now(UTC))) as door:
        return await RdapClient(door.http, Servers(), {origin}).ask(f"{origin}/ip/198.51.100.7", deadline)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Encoding: gzip\r\nContent-Type: application/rdap+json\r\n", gzip.compress(RECORD)),
        (b"Content-Type: text/plain; charset=utf-16\r\n", RECORD),
        (b"Retry-After: -5\r\nX-Odd: \xff\xfe\r\n", RECORD),
        (b"", b"\xef\xbb\xbf" + RECORD),
    ],
)
async def test_an_answer_is_read_however_it_is_packed_or_labelled(tmp_path: Path, head: bytes, body: bytes) -> None:
    async with server(head, body) as origin:
        assert (await asked(tmp_path, origin)).body == json.loads(RECORD)


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (b"Content-Encoding: gzip\r\n", gzip.compress(RECORD)[:-9], "cut short"),
        (b"Content-Encoding: gzip\r\n", RECORD, "cannot be unpacked"),
        (b"Content-Encoding: br\r\n", RECORD, "not asked for"),
        (b"Content-Encoding: gzip\r\n", gzip.compress(b" " * (LONGEST_BODY * 20)), "larger than allowed"),
        (b"Content-Length: 9000\r\n", RECORD, "cut short"),
    ],
)
async def test_an_answer_that_does_not_come_whole_is_a_problem_in_words(
    tmp_path: Path, head: bytes, body: bytes, words: str
) -> None:
    async with server(head, body) as origin:
        answer = await asked(tmp_path, origin)
    assert answer.body is None
    assert words in str(answer.problem)


async def test_a_server_that_drips_is_left_at_the_deadline(tmp_path: Path) -> None:
    async with server(b"", *[b" "] * 600, pause=0.1) as origin:
        began = time.monotonic()
        answer = await asked(tmp_path, origin, deadline=1.0)
    assert time.monotonic() - began < 5
    assert "did not answer in time" in str(answer.problem)
