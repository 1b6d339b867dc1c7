"""A mail server that accepts everything and keeps nothing: as little as SMTP allows (RFC 5321), so that what is
measured is the sender. Told ``count``, it says how many messages and bytes have come since it was asked last.
"""

import asyncio
import sys
from typing import Final

from stand.processes import report

_ANSWERS: Final = {b"EHLO": b"250-sink.example\r\n250 8BITMIME\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_END: Final = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One client."""

    messages = 0
    bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._waiting, self._in_text = bytearray(), False
        transport.write(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while self._take():
            pass

    def _take(self) -> bool:
        end = self._waiting.find(_END if self._in_text else b"\r\n")
        if end < 0:
            return False
        if self._in_text:
            Session.messages, Session.bytes = Session.messages + 1, Session.bytes + end
            self._answer(b"250 kept nowhere\r\n", end + len(_END), in_text=False)
        else:
            verb = bytes(self._waiting[:4]).upper()
            self._answer(_ANSWERS.get(verb, b"250 ok\r\n"), end + 2, in_text=verb == b"DATA")
        return True

    def _answer(self, line: bytes, used: int, *, in_text: bool) -> None:
        del self._waiting[:used]
        self._in_text = in_text
        self._transport.write(line)


async def main() -> None:
    """Serves until the other end of standard input is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", 0)
    report({"port": server.sockets[0].getsockname()[1]})
    while await asyncio.to_thread(sys.stdin.readline):
        report({"messages": Session.messages, "bytes": Session.bytes})
        Session.messages = Session.bytes = 0
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
