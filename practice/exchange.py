"""A hash exchange on loopback, in two shapes: NCMEC-like XML pages and ThreatExchange-like JSON pages.

All digests are made up. It pages, remembers what was asked, and does what real exchanges do on bad days: `plan` says
which fault the n-th request meets.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast
from xml.sax.saxutils import escape

from aiohttp import web

USER, PASSWORD, TOKEN = "desk", "a pass:word", "key|7"
GROUP = "/v1/777"
_SPACE = "https://hashsharing.ncmec.org/hashsharing/v2"


class Fault(StrEnum):
    """What a request may meet instead of its page."""

    BUSY = "429, alone for 7 seconds"
    BUSY_UNTIL = "429, until half a minute after its own date"
    BUSY_LONG = "429, alone for an hour"
    DOWN = "503"
    FORBIDDEN = "403"
    MOVED = "302"
    GONE = "404"
    CUT = "the connection breaks in the middle of the page"
    HALF = "half a page as if it were whole"
    STRANGE = "a page of something else"
    CIRCLE = "the page names itself as the next one"
    ELSEWHERE = "the page names the next one at another host"


@dataclass(frozen=True)
class Entry:
    """An entry of a member; `changed_at` in seconds since 1970."""

    number: int
    changed_at: int
    is_deleted: bool = False
    version: int = 0

    @property
    def md5(self) -> str:
        """Made up from number and version."""
        return hashlib.md5(f"{self.number}:{self.version}".encode(), usedforsecurity=False).hexdigest()


@dataclass
class Exchange:
    """The exchange; change `entries` and `plan` while it runs."""

    entries: list[Entry] = field(default_factory=list)
    page_size: int = 3
    plan: dict[int, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request."""
        self.asked.append(request.path_qs.partition("&access_token=")[0])
        fault = self.plan.get(len(self.asked))
        if (refused := self._refused(request, fault)) is not None:
            return refused
        if request.path == "/v2/entries":
            text, kind = self._xml(request, fault), "application/xml"
        elif request.path == f"{GROUP}/threat_updates":
            text, kind = self._json(request, fault), "application/json"
        else:
            return web.Response(status=404)
        if fault is Fault.STRANGE:
            return web.Response(text="<html><body>Sign in</body></html>", content_type="text/html")
        if fault is Fault.HALF:
            return web.Response(text=text[: len(text) // 2], content_type=kind)
        if fault is Fault.CUT:
            return await _cut(request, text.encode())
        return web.Response(text=text, content_type=kind)

    def _refused(self, request: web.BaseRequest, fault: Fault | None) -> web.Response | None:
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        is_known = request.headers.get("Authorization") == f"Basic {pair}" or request.query.get("access_token") == TOKEN
        if not is_known:
            return web.Response(status=401)
        match fault:
            case Fault.BUSY:
                return web.Response(status=429, headers={"Retry-After": "7"})
            case Fault.BUSY_UNTIL:
                dates = {"Date": "Tue, 01 Jan 2030 00:00:00 GMT", "Retry-After": "Tue, 01 Jan 2030 00:00:30 GMT"}
                return web.Response(status=429, headers=dates)
            case Fault.BUSY_LONG:
                return web.Response(status=429, headers={"Retry-After": "3600"})
            case Fault.DOWN | Fault.FORBIDDEN | Fault.GONE:
                return web.Response(status=int(fault.value))
            case Fault.MOVED:
                return web.Response(status=302, headers={"Location": "https://elsewhere.example/v2/entries"})
        return None

    def _of(self, begin: int, end: int) -> list[Entry]:
        return [entry for entry in self.entries if begin <= entry.changed_at < end]

    def _xml(self, request: web.BaseRequest, fault: Fault | None) -> str:
        begin, end, start = request.query["from"], request.query["to"], int(request.query.get("start", "0"))
        found = self._of(_seconds(begin), _seconds(end))
        page = "".join(_xml(entry) for entry in found[start : start + self.page_size])
        following = ""
        if start + self.page_size < len(found) or fault in (Fault.CIRCLE, Fault.ELSEWHERE):
            following = f"/v2/entries?from={begin}&to={end}&start={start + self.page_size}&max={len(found)}"
        if fault is Fault.CIRCLE:
            following = request.path_qs
        if fault is Fault.ELSEWHERE:
            following = "https://elsewhere.example" + following
        paging = f"<paging><next>{escape(following)}</next></paging>" if following else ""
        images = f'<images count="{len(found)}" maxTimestamp="2030-01-01T00:00:00Z">\n{page}</images>'
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="{_SPACE}">\n{images}\n{paging}</queryResult>'
        )

    def _json(self, request: web.BaseRequest, fault: Fault | None) -> str:
        begin, end, start = (int(request.query.get(name, "0")) for name in ("start_time", "stop_time", "after"))
        found = self._of(begin, end)
        page: dict[str, object] = {"data": [_json(entry) for entry in found[start : start + self.page_size]]}
        after = start if fault is Fault.CIRCLE else start + self.page_size
        if start + self.page_size < len(found) or fault is Fault.CIRCLE:
            cursors = {"before": str(start), "after": str(after)}
            page["paging"] = {"cursors": cursors, "next": f"https://elsewhere.example/?access_token={TOKEN}"}
        return json.dumps(page)


@asynccontextmanager
async def exchanging(exchange: Exchange) -> AsyncIterator[str]:
    """Serves it; the URL that its paths lie under."""
    runner = web.ServerRunner(web.Server(exchange.answer, access_log=None), shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{cast(asyncio.Server, site._server).sockets[0].getsockname()[1]}"
    finally:
        await runner.cleanup()


async def _cut(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _seconds(written: str) -> int:
    return int(datetime.fromisoformat(written).astimezone(UTC).timestamp())


def _xml(entry: Entry) -> str:
    who = f'<member id="42">Meadow desk</member><id>image{entry.number}</id>'
    if entry.is_deleted:
        return f"<deletedImage>{who}</deletedImage>\n"
    prints = f"<fingerprints><md5>{entry.md5.upper()}</md5><pdna>made up</pdna></fingerprints>"
    return f"<image>{who}<classification>A1</classification>{prints}</image>\n"


def _json(entry: Entry) -> dict[str, object]:
    update: dict[str, object] = {
        "id": str(entry.number),
        "type": "HASH_MD5",
        "indicator": entry.md5,
        "last_updated": entry.changed_at,
        "should_delete": entry.is_deleted,
    }
    return update if entry.is_deleted else update | {"descriptors": {"data": [{"status": "MALICIOUS"}]}}
