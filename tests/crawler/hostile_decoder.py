"""A decoder that was taken over: run in place of the child, it does what a picture's text tells it. For tests alone."""

import ctypes
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from crawler.decoding import child, pictures

_honest = pictures.fingerprint


def main() -> None:
    """The child as it is, but for what it does with a picture that begins with ``attempt:``."""
    pictures.fingerprint = _hostile
    child.main()


def _hostile(picture: bytes, care: str = "exact") -> dict[str, Any]:
    if not picture.startswith(b"attempt:"):
        return _honest(picture, care)
    _, name, argument = picture.decode().split(":", 2)
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


def _thread(_: str) -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


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
    "thread": _thread,
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
