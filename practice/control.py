"""The control socket: JSON lines on a loopback port, one question and one answer a line.

    {"do": "now"}                                       {"now": "2030-01-01T00:00:00Z"}
    {"do": "next"}                                      {"next": "2030-01-01T02:00:00Z"}   or null
    {"do": "advance", "to": "2030-01-02T00:00:00Z"}     {"now": "…", "performed": 3}
    {"do": "truth"}                                     {"truth": [{"url": …, "kind": …, "up": …, …}]}
    {"do": "faults"}                                    {"faults": [{"at": …, "what": …, "detail": …}]}
    {"do": "mail"}                                      {"mail": [{"at": …, "to": …, "urls": […]}]}
    {"do": "stop"}                                      {"stopping": true}

What cannot be done is answered `{"error": "why"}`, and the connection stays open.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from practice.clock import parsed, written
from practice.world import World

Answer = dict[str, object]


class Control:
    """Answers questions about one world; `stop` is called when somebody asks for the end."""

    def __init__(self, world: World, stop: Callable[[], None]) -> None:
        self._world, self._stop = world, stop

    def answer(self, line: str | bytes) -> Answer:
        """One line's answer."""
        try:
            asked = json.loads(line)
            return self._do(asked["do"], asked)
        except (ValueError, KeyError, TypeError) as problem:
            return {"error": f"{type(problem).__name__}: {problem}"}

    def _do(self, verb: str, asked: dict[str, str]) -> Answer:
        clock = self._world.clock
        match verb:
            case "now":
                return {"now": written(clock.now())}
            case "next":
                due = clock.next()
                return {"next": written(due) if due else None}
            case "advance":
                performed = clock.advance(parsed(asked["to"]))
                return {"now": written(clock.now()), "performed": performed}
            case "truth":
                return {"truth": self._world.truth()}
            case "faults":
                return {"faults": self._world.faults}
            case "mail":
                return {"mail": self._world.mail}
            case "stop":
                self._stop()
                return {"stopping": True}
            case _:
                raise ValueError(f"no {verb!r}; there are now, next, advance, truth, faults, mail, stop")


@asynccontextmanager
async def controlling(control: Control) -> AsyncIterator[int]:
    """The control port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(control.answer(line)).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
