"""One HTTP answer while it streams in. Nothing of the body is kept here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import aiohttp
from multidict import CIMultiDictProxy

from hotline.facts import Secured
from hotline.network.answers import NameAnswers
from hotline.network.faults import Broken, NetworkFault, TimedOut, TooLarge
from hotline.network.guard import IPAddress
from hotline.network.unpacking import unpacker_for


class Answer:
    """Status and headers of one hop, and its body to be read once.

    ``peer`` is the public address that answered (the one that was meant, where a dial map diverts); ``answers`` what
    the name servers said of the host, ``secured`` how the line was protected; ``wire_bytes`` what has come of the body
    so far, packed as it came.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        peer: IPAddress,
        answers: NameAnswers,
        secured: Secured | None,
        ends: float,
        idle: float,
    ) -> None:
        self.status = response.status
        self.headers: CIMultiDictProxy[str] = response.headers
        self.peer = peer
        self.answers = answers
        self.secured = secured
        self.wire_bytes = 0
        self._content = response.content
        self._ends = ends
        self._idle = idle

    async def chunks(self, size: int = 65_536) -> AsyncIterator[bytes]:
        """The body, unpacked, in pieces of at most ``size`` bytes; leave the loop to read no further.

        Raises:
            TimedOut, Broken: the rest did not come.
        """
        unpacker = unpacker_for(self.headers.get("Content-Encoding", ""))
        while data := await self._more(size):
            self.wire_bytes += len(data)
            for piece in unpacker.feed(data, size):
                yield piece
                await asyncio.sleep(0)  # a bomb unpacks without the network: others must get their turn
                self._check_deadline()
        unpacker.finish()

    async def read(self, limit: int) -> bytes:
        """The whole body, unpacked.

        Raises:
            TooLarge: it is longer than ``limit`` bytes; no more than that was held.
            TimedOut, Broken: it did not come whole.
        """
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                raise TooLarge("the body is larger than allowed")
        return bytes(body)

    async def _more(self, size: int) -> bytes:
        self._check_deadline()
        until = min(self._ends, asyncio.get_running_loop().time() + self._idle)
        with told_in_words():
            async with asyncio.timeout_at(until):
                return await self._content.read(size)

    def _check_deadline(self) -> None:
        if asyncio.get_running_loop().time() >= self._ends:
            raise TimedOut("the answer took too long")


@contextlib.contextmanager
def told_in_words() -> Iterator[None]:
    """Turns the library's errors, which repeat URLs and hosts, into faults that do not."""
    try:
        yield
    except NetworkFault:
        raise
    except TimeoutError:
        raise TimedOut("the answer took too long") from None
    except aiohttp.ClientPayloadError:
        raise Broken("the body was cut short") from None
    except aiohttp.ClientResponseError:
        raise Broken("the answer was not HTTP") from None
    except aiohttp.ServerDisconnectedError:
        raise Broken("the server hung up without an answer") from None
    except (aiohttp.ClientError, OSError):
        raise Broken("the connection broke off") from None
    except ValueError:
        raise Broken("the request cannot be written") from None
