"""A site on a port of its own, in a thread of its own: the scheduler's work beside it never keeps a host waiting."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from hotline.errors import HotlineError

_SECONDS = 10.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any that is free.

    Raises:
        HotlineError: it cannot be had, with the remedy.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as wrong:
        reason = wrong.strerror or type(wrong).__name__
        raise HotlineError(f"port {port} on {host} cannot be used ({reason}); choose another") from None


@contextlib.contextmanager
def served(site: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serves until the block is left; requests under way are answered first, for ten seconds at most.

    Only a reverse proxy on this machine is believed about the address of whoever asks (``X-Forwarded-For``).
    """
    server = uvicorn.Server(
        uvicorn.Config(
            site, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none",
            proxy_headers=True, forwarded_allow_ips="127.0.0.1,::1", timeout_graceful_shutdown=int(_SECONDS),
            limit_concurrency=200, h11_max_incomplete_event_size=65536,
        )
    )  # fmt: skip
    thread = threading.Thread(target=_serve, args=(server, listening), name="public site", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_SECONDS + 5)
        listening.close()


def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[listening]))
