"""The process that serves: ``python -m stand.origin site`` or ``… bodies``. Ends when its standard input does.

Its first line on standard output is JSON: the port of the web server, the ports of the two name servers, and for the
site the digests of the pictures that are to be known.
"""

import asyncio
import functools
import json
import os
import sys
from contextlib import AsyncExitStack
from typing import Any, Final

from stand import site
from stand.names import serve_names

BODY_HOST: Final = "media.example"
BODY_BYTES: Final = 500 * 10**6
SMALL_BYTES: Final = 10**6
HEADS: Final = {
    "video": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\x08free",
    "picture": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
}
"""First bytes of a body, by the last part of its path; what follows is noise, made while it is sent."""
_BLOCK: Final = 2**20


async def _serve(bodies: dict[tuple[str, str], site.Body], reader: asyncio.StreamReader, writer: Any) -> None:
    try:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path, headers = request.split(" ", 2)[1], request.lower()
            host = headers.partition("\r\nhost:")[2].partition("\r\n")[0].strip().partition(":")[0]
            await _answer(bodies.get((host, path)), path, writer)
            if "\r\nconnection: close" in headers:
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _answer(body: site.Body | None, path: str, writer: asyncio.StreamWriter) -> None:
    size, _, kind = path.strip("/").partition("/")
    if body is not None:
        _begin(writer, body.content_type, len(body.data))
        writer.write(body.data)
    elif kind in HEADS:
        await _send_noise(writer, HEADS[kind], SMALL_BYTES if size == "small" else BODY_BYTES)
    else:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


def _begin(writer: asyncio.StreamWriter, content_type: str, length: int) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode("ascii"))


async def _send_noise(writer: asyncio.StreamWriter, head: bytes, length: int) -> None:
    _begin(writer, "application/octet-stream", length)
    writer.write(head)
    left = length - len(head)
    while left:
        block = os.urandom(min(left, _BLOCK))
        writer.write(block)
        await writer.drain()
        left -= len(block)


async def main(what: str) -> None:
    """Serves until told to end."""
    hosts = site.HOSTS if what == "site" else (BODY_HOST,)
    addresses = {host: f"198.51.100.{number}" for number, host in enumerate(hosts, 10)}
    bodies: dict[tuple[str, str], site.Body] = {}
    async with AsyncExitStack() as stack:
        server = await asyncio.start_server(functools.partial(_serve, bodies), "127.0.0.1", 0)
        await stack.enter_async_context(server)
        port = server.sockets[0].getsockname()[1]
        if what == "site":
            bodies |= site.build(port)
        told = {
            "port": port,
            "resolvers": await serve_names(addresses, stack),
            "addresses": addresses,
            "listed": site.listed(bodies) if bodies else [],
            "picture_bytes": [len(body.data) for body in bodies.values() if body.content_type == "image/jpeg"],
        }
        print(json.dumps(told), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
