"""Short transactions of several messages in flight, committed together.

A disk takes as long for ten commits at once as for one, and each message needs three. What a message asks for is
committed when ``do`` returns, as if it had a transaction of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from hotline.home import Home

T = TypeVar("T")
_TRIES: Final = 3


@dataclass
class _Asked:
    work: Callable[[Session], Any]
    answer: "asyncio.Future[Any]"

    def finish(self, value: Any) -> None:
        if not self.answer.done():
            self.answer.set_result(value)

    def fail(self, fault: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(fault)


@dataclass
class Commits:
    """Gathers what is asked for in one round of the event loop."""

    home: Home
    _waiting: list[_Asked] = field(default_factory=list)

    async def do(self, work: Callable[[Session], T]) -> T:
        """Does ``work`` in a transaction and returns its value once that is committed.

        ``work`` may run again after a rollback, so it changes nothing but the session. Whoever is cancelled while
        waiting cannot know whether its work was done at that very moment.
        """
        loop = asyncio.get_running_loop()
        asked = _Asked(work, loop.create_future())
        self._waiting.append(asked)
        if len(self._waiting) == 1:
            loop.call_soon(self._commit)
        value: T = await asked.answer
        return value

    def _commit(self) -> None:
        waiting, self._waiting = [each for each in self._waiting if not each.answer.done()], []
        if len(waiting) > 1 and self._together(waiting):
            return
        for each in waiting:
            self._alone(each)

    def _together(self, waiting: Sequence[_Asked]) -> bool:
        try:
            with self.home.session() as session:
                values = [each.work(session) for each in waiting]
        except Exception:
            return False  # one of them spoils it for all: each by itself then
        for each, value in zip(waiting, values, strict=True):
            each.finish(value)
        return True

    def _alone(self, asked: _Asked) -> None:
        for left in reversed(range(_TRIES)):
            try:
                with self.home.session() as session:
                    value = asked.work(session)
            except OperationalError as fault:
                if not left:  # two senders that waited for each other: the database ended one of them, it may try again
                    asked.fail(fault)
            except BaseException as fault:
                return asked.fail(fault)
            else:
                return asked.finish(value)
        return None
