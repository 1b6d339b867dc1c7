"""How often an address may be wrong, so that guessing is slow for us too and never locks a right host out.

Only what opened nothing counts. Whoever shares an address with somebody who guesses still gets in with a right code.
"""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from hotline.clock import Clock

BURST: Final = 300.0
"""So many wrong ones at once are answered as such: a host's own program with an old list of codes is soon done."""

A_SECOND: Final = 1.0
_MOST: Final = 50_000


@dataclass
class _Bucket:
    left: float
    at: float


class WrongGuesses:
    """A bucket for each client address (a /64 in IPv6) that empties with each wrong guess and fills with time."""

    def __init__(self, clock: Clock, burst: float = BURST, a_second: float = A_SECOND) -> None:
        self._clock, self._burst, self._rate = clock, burst, a_second
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def too_many(self, client: str) -> bool:
        """Counts a wrong guess; whether this address has made more of them than are answered."""
        now, key = self._clock.elapsed(), _network(client)
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return True
        bucket.left -= 1
        return False


def _network(client: str) -> str:
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return client
    return str(address) if address.version == 4 else str(int(address) >> 64)
