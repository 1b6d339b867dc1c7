"""The child process: takes what is to be decoded by descriptor over its one socket, and answers in JSON.

Started by ``pool`` as ``python -m crawler.decoding.child DESCRIPTOR pictures|heif|videos`` with an empty environment;
what decodes videos or HEIF is not even loaded for another kind. Its first message says that it is ready and whether the
system call filter stands. It ends when the socket does.

Each message begins with eight bytes that its answers begin with too, so that none is taken for another's.
A picture is one message with a descriptor of anonymous memory, and one answer. A video is one message with the
descriptor of a stream, and perhaps that of its tail; each frame is a message back, and one more ends it.
"""

import json
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from crawler.decoding import sandbox
from crawler.decoding.answers import TOKEN_BYTES

LARGEST_PICTURE = 64 * 2**20
_SPARE_SECONDS: Final = 10
"""A video ends by itself when its processor time is used up; the kernel's limit is for one that does not."""

_Asked = tuple[bytes, list[int]]


def main() -> None:
    """Locks itself in, then serves until the parent hangs up."""
    sandbox.die_with_parent()
    what = sys.argv[2]
    heif = what == "heif"  # whose decoder alone needs threads
    serve = _videos() if what == "videos" else _pictures(heif)
    library = sandbox.load_filter()
    channel = socket.socket(fileno=int(sys.argv[1]))
    sandbox.limit_resources(heif)
    sandbox.drop_privileges()
    unfiltered = sandbox.filter_calls(library, heif)
    _say(channel, bytes(TOKEN_BYTES), {"ready": True, "unfiltered": unfiltered})
    while (asked := _next(channel)) is not None:
        message, descriptors = asked
        say = partial(_say, channel, message[:TOKEN_BYTES])
        try:
            answer = serve(message[TOKEN_BYTES:], descriptors, say)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        say(answer)


_Serve = Callable[[bytes, list[int], Callable[[dict[str, Any]], None]], dict[str, Any]]


def _pictures(heif: bool) -> _Serve:
    from crawler.decoding import pictures

    prepare = pictures.prepare_heif if heif else pictures.prepare
    prepare()

    def serve(message: bytes, descriptors: list[int], _: object) -> dict[str, Any]:
        sandbox.give_processor_time()
        size = os.fstat(descriptors[0]).st_size
        return pictures.fingerprint(os.pread(descriptors[0], min(size, LARGEST_PICTURE), 0), message.decode())

    return serve


def _videos() -> _Serve:
    from crawler.decoding import videos, windows

    videos.prepare()

    def serve(message: bytes, descriptors: list[int], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        sandbox.give_processor_time(videos.PROCESSOR_SECONDS + _SPARE_SECONDS)
        asked = json.loads(message)
        tail = descriptors[1] if len(descriptors) > 1 else None
        source = windows.Window(descriptors[0], tail, asked["tail_at"])
        return videos.fingerprint(source, asked["kind"], tell)

    return serve


def _next(channel: socket.socket) -> _Asked | None:
    """A message and its descriptors; ``None``: the parent hung up."""
    message, descriptors, _, _ = socket.recv_fds(channel, 1024, 2)
    return (message, descriptors) if message and descriptors else None


def _say(channel: socket.socket, token: bytes, answer: dict[str, Any]) -> None:
    channel.send(token + json.dumps(answer).encode())


if __name__ == "__main__":
    main()
