"""Guessed tokens: none opens anything, all are answered alike, and whoever is right is never locked out."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from host_scenes import make_notice, token_of, visiting

from console.public.limits import BURST, WrongGuesses
from hotline.home import Home


@dataclass
class Hand:
    """A clock whose real time the test moves."""

    seconds: float = 0.0
    start: datetime = field(default=datetime(2030, 1, 1, tzinfo=UTC))

    def now(self) -> datetime:
        return self.start

    def elapsed(self) -> float:
        return self.seconds


def near(token: str) -> str:
    """A guess: random, or one sign beside the right one."""
    if secrets.randbelow(4):
        return secrets.token_hex(32)
    place = secrets.randbelow(64)
    sign = secrets.choice([each for each in "0123456789abcdef" if each != token[place]])
    return token[:place] + sign + token[place + 1 :]


async def guess(home: Home, many: int, each: int) -> tuple[set[tuple[int, str, str]], int]:
    """So many guesses from as many addresses as need to stay below what each is answered; and those accepted."""
    token, shapes, accepted = token_of(home, make_notice(home, "http://meadow.example/a.png")), set(), 0
    guesses = WrongGuesses(home.clock)
    for start in range(0, many, each):
        async with visiting(home, f"198.51.{start // each // 256}.{start // each % 256}", guesses) as visitor:
            for number in range(min(each, many - start)):
                path = ("/answer/open", "/answer/items", "/answer/export")[number % 3]
                document = {"token": near(token), "items": [1], "answer": "removed", "format": "csv"}
                said = await visitor.post(path, json=document)
                accepted += said.status_code == 200
                shapes.add((said.status_code, said.text, str(sorted(said.headers.items()))))
    return shapes, accepted


async def test_a_thousand_guesses_are_all_answered_alike(home: Home) -> None:
    shapes, accepted = await guess(home, 1_000, 250)
    assert (len(shapes), accepted) == (1, 0)


@pytest.mark.prove
async def test_a_hundred_thousand_guesses_are_all_answered_alike(home: Home) -> None:
    shapes, accepted = await guess(home, 100_000, 250)
    assert (len(shapes), accepted) == (1, 0)


async def test_an_address_that_goes_on_guessing_is_told_to_wait_and_right_codes_still_open(home: Home) -> None:
    token = token_of(home, make_notice(home, "http://meadow.example/a.png"))
    guesses = WrongGuesses(Hand(), burst=3)
    async with visiting(home, guesses=guesses) as visitor:
        statuses = [(await visitor.post("/answer/open", json={"token": near(token)})).status_code for _ in range(5)]
        assert statuses == [404, 404, 404, 429, 429]
        assert (await visitor.post("/answer/open", json={"token": token})).status_code == 200
        page = await visitor.post("/answer", data={"code": near(token)})
        assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    async with visiting(home, "192.0.2.2", guesses) as other:
        assert (await other.post("/answer/open", json={"token": near(token)})).status_code == 404


def test_a_bucket_fills_with_time_and_an_ipv6_neighbour_shares_it() -> None:
    hand = Hand()
    guesses = WrongGuesses(hand)
    assert not any(guesses.too_many(f"2001:db8::{number:x}") for number in range(int(BURST)))
    assert guesses.too_many("2001:db8::ffff")
    assert not guesses.too_many("2001:db8:0:1::1")
    hand.seconds += 2
    assert [guesses.too_many("2001:db8::1") for _ in range(3)] == [False, False, True]


def test_only_so_many_addresses_are_remembered() -> None:
    guesses = WrongGuesses(Hand())
    for number in range(50_010):
        guesses.too_many(str(number))
    assert len(guesses._buckets) == 50_000
