"""A decoder that was taken over: run in place of the child, it does what a picture's text tells it. For tests alone.

The text may stand behind a picture's first bytes, by which it gets to one kind of child.
"""

import ctypes
import json
import os
import signal
import socket
import stat
import sys
import threading
from collections.abc import Callable
from typing import Any

from crawler.decoding import answers, child, pictures, sandbox

_honest = pictures.fingerprint


def main() -> None:
    """The child as it is, but for what it does with a picture that begins with ``attempt:``."""
    pictures.fingerprint = _hostile
    child.main()


def _hostile(picture: bytes, care: str = "exact") -> dict[str, Any]:
    _, told_what, text = picture.partition(b"attempt:")
    if not told_what:
        return _honest(picture, care)
    name, argument = text.decode().split(":", 1)
    try:
        told = ATTEMPTS[name](argument)
    except (OSError, MemoryError) as refused:
        return {"problem": f"refused ({type(refused).__name__})"}
    return told if isinstance(told, dict) else {"problem": "got through"}


def _connect(port: str) -> None:
    with socket.socket() as speaking:
        speaking.connect(("127.0.0.1", int(port)))


def _ptrace(_: str) -> None:
    # PTRACE_ATTACH of the parent
    if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")


def _say(message: bytes) -> None:
    os.write(int(sys.argv[1]), message)


def _loop(_: str) -> None:
    while True:
        pass


def _loop_in_c(_: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sum(range(10**15))


def _huge(_: str) -> dict[str, Any]:
    return {"pdq": "0" * 10_000_000}


def _twice(_: str) -> dict[str, Any]:
    _say(json.dumps({"pdq": "f" * 64, "quality": 100, "frames": 1, "prints": []}).encode())
    return {"pdq": "e" * 64, "quality": 100, "frames": 1, "prints": []}


def _hang_up(_: str) -> None:
    os.close(int(sys.argv[1]))


def _threads(most: str) -> dict[str, Any]:
    """As many as can be had, that wait for ever."""
    threading.stack_size(32 * 1024)
    forever, count = threading.Event(), 0
    try:
        while count < int(most):
            threading.Thread(target=forever.wait, daemon=True).start()
            count += 1
    except RuntimeError:
        return {"problem": f"refused after {count}"}
    return {"problem": f"{count} wait"}


def _alter(_: str) -> None:
    """Writes into the picture that it was given, which others may hold."""
    for descriptor in range(3, 32):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode):
            os.write(descriptor, b"planted")


def _end_behind_the_answer(_: str) -> None:
    _say(_token() + json.dumps({"problem": "the last word"}).encode())
    os._exit(0)


def _say_it_twice(_: str) -> dict[str, Any]:
    told = {"problem": "twice"}
    _say(_token() + json.dumps(told).encode())
    return told


def _spend(_: str) -> None:
    sandbox.give_processor_time(0)
    _loop("")


def _nested(_: str) -> None:
    _say(_token() + b"[" * 60_000)


def _token() -> bytes:
    """The order's token, from the caller's frames: who has taken a decoder over reads its memory."""
    frame = sys._getframe()
    while "message" not in frame.f_locals or "say" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    token: bytes = frame.f_locals["message"][: answers.TOKEN_BYTES]
    return token


def _kill(_: str) -> None:
    os.kill(os.getppid(), signal.SIGKILL)


def _lie(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    return told


ATTEMPTS: dict[str, Callable[[str], Any]] = {
    "open": lambda path: os.open(path, os.O_RDONLY),
    "write": lambda path: os.open(path, os.O_WRONLY | os.O_CREAT),
    "memory file": lambda name: os.memfd_create(name),
    "connect": _connect,
    "ptrace": _ptrace,
    "fork": lambda _: os.fork(),
    "run": lambda path: os.execv(path, [path]),
    "kill": _kill,
    "memory": lambda size: bytearray(int(size)),
    "threads": _threads,
    "alter": _alter,
    "fault": lambda _: ctypes.string_at(0),
    "spend": _spend,
    "nested": _nested,
    "end": _end_behind_the_answer,
    "say it twice": _say_it_twice,
    "loop": _loop,
    "loop in C": _loop_in_c,
    "garbage": lambda _: _say(b"\xff{"),
    "a list": lambda _: _say(b"[1]"),
    "huge": _huge,
    "twice": _twice,
    "hang up": _hang_up,
    "lie": _lie,
}

if __name__ == "__main__":
    main()
