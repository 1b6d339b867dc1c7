"""The other end of the control socket, for tests and tools: blocking, standard library only."""

import json
import socket


class ControlError(Exception):
    """The world could not do what it was asked; the message is the world's own."""


class Client:
    """One connection to a running world; `address` is the text of its file `control`."""

    def __init__(self, address: str, timeout: float = 60) -> None:
        host, _, port = address.strip().rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout)
        self._file = self._socket.makefile("rwb")

    def ask(self, do: str, **more: str) -> dict[str, object]:
        """One question, such as `ask("advance", to="2030-01-02T00:00:00Z")`; see `control.py` for all."""
        self._file.write(json.dumps({"do": do, **more}).encode() + b"\n")
        self._file.flush()
        answer: dict[str, object] = json.loads(self._file.readline() or b'{"error": "the world has ended"}')
        if "error" in answer:
            raise ControlError(str(answer["error"]))
        return answer

    def close(self) -> None:
        """Hang up; the world goes on."""
        self._file.close()
        self._socket.close()
