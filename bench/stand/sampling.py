"""A light profile: a hundred times a second, what is every thread of this process doing?

Counts busy threads only. A thread that waits for the disk or for the interpreter's lock counts as busy where it waits.
"""

import sys
import threading
from collections import Counter
from types import FrameType
from typing import Final, Self

_SECONDS: Final = 0.01
_STAGES: Final = (
    ("/crawler/pages.py", "parsing"),
    ("/crawler/scope.py", "parsing"),
    ("/crawler/shapes.py", "parsing"),
    ("/hotline/address.py", "parsing"),
    ("/crawler/hashlists/index.py", "matching"),
    ("/crawler/hashlists/matching.py", "matching"),
    ("/hotline/network/", "fetch"),
    ("/crawler/fetcher.py", "fetch"),
    ("/crawler/digests.py", "fetch"),
    ("/aiohttp/", "fetch"),
    ("/crawler/decoding/", "decode+PDQ"),
    ("/crawler/frontier", "database"),
    ("/crawler/recording.py", "database"),
    ("/crawler/tickets.py", "database"),
    ("/takedown/", "database"),
    ("/hotline/", "database"),
    ("/sqlalchemy/", "database"),
    ("/scrapy/", "Scrapy's engine"),
)
_IDLE: Final = (("selectors.py", "select"), ("thread.py", "_worker"), ("threading.py", "wait"))


class Sampler:
    """Samples while its block runs; ``seconds`` then has busy seconds by stage."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        me = threading.get_ident()
        while not self._ended.wait(_SECONDS):
            for thread, frame in sys._current_frames().items():
                if thread != me and not _is_idle(frame):
                    self.seconds[_stage(frame)] += _SECONDS
                    self.places[_place(frame)] += 1


def _is_idle(frame: FrameType) -> bool:
    return any(frame.f_code.co_filename.endswith(file) and frame.f_code.co_name == name for file, name in _IDLE)


def _stage(frame: FrameType | None) -> str:
    """The stage of the innermost frame that has one; but whatever happens while lists are loaded is their loading."""
    if _is_within(frame, "/crawler/hashlists/index.py", "load"):
        return "loading lists"
    while frame is not None:
        for part, stage in _STAGES:
            if part in frame.f_code.co_filename:
                return stage
        frame = frame.f_back
    return "the event loop"


def _is_within(frame: FrameType | None, file: str, name: str) -> bool:
    while frame is not None:
        if frame.f_code.co_name == name and file in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_code.co_name}"
