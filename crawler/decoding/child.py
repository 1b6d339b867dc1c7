"""The child process: takes pictures by descriptor over its one socket, answers one JSON line each.

Started by ``pool`` as ``python -m crawler.decoding.child DESCRIPTOR`` with an empty environment. Its first message
says that it is ready and whether the system call filter stands. It ends when the socket does.
"""

import json
import os
import socket
import sys

from crawler.decoding import sandbox

LARGEST_PICTURE = 64 * 2**20


def main() -> None:
    """Locks itself in, then serves until the parent hangs up."""
    sandbox.die_with_parent()
    from crawler.decoding import pictures

    pictures.prepare()
    library = sandbox.load_filter()
    channel = socket.socket(fileno=int(sys.argv[1]))
    sandbox.limit_resources()
    sandbox.drop_privileges()
    unfiltered = sandbox.filter_calls(library)
    channel.send(json.dumps({"ready": True, "unfiltered": unfiltered}).encode())
    while (asked := _next_picture(channel)) is not None:
        sandbox.give_processor_time()
        channel.send(json.dumps(pictures.fingerprint(*asked)).encode())


def _next_picture(channel: socket.socket) -> tuple[bytes, bool] | None:
    """A picture and whether it may be decoded quickly; ``None``: the parent hung up."""
    message, descriptors, _, _ = socket.recv_fds(channel, 16, 1)
    if not message or not descriptors:
        return None
    try:
        size = os.fstat(descriptors[0]).st_size
        return os.pread(descriptors[0], min(size, LARGEST_PICTURE), 0), message == b"quick"
    finally:
        os.close(descriptors[0])


if __name__ == "__main__":
    main()
