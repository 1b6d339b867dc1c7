"""The folder of a practice run: begun anew each time, and never anybody else's.

Only a folder that carries our own marker is emptied. The marker is also the lock: two runs in one folder would take the
ground from under each other.
"""

import fcntl
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from hotline.errors import HotlineError
from hotline.settings import SETTINGS

MARKER: Final = ".hotline-practice"
_SAYS: Final = "`hotline practice` made this folder and empties it at each run.\n"
_ELSEWHERE: Final = "set HOTLINE_HOME to another folder"


@dataclass(frozen=True)
class PracticeFolder:
    """Where one practice run keeps its home, its world, and the lines for another terminal."""

    path: Path

    @property
    def home(self) -> Path:
        """The practice home of the product."""
        return self.path / "home"

    @property
    def world(self) -> Path:
        """What the practice internet writes; the product is given its files as an operator would be."""
        return self.path / "world"

    @property
    def env_file(self) -> Path:
        """The lines with which commands in another terminal work on this home."""
        return self.path / "env.sh"

    def write_env(self, settings: Mapping[str, str]) -> str:
        """Writes ``env.sh``, readable by its owner alone, and returns its text.

        Settings that are not given are unset: another home's must not leak into this one.
        """
        strangers = [each.variable for each in SETTINGS if each.variable not in settings]
        lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(settings.items())]
        text = "\n".join([f"unset {' '.join(strangers)}", *lines]) + "\n"
        with open(os.open(self.env_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
        return text


@contextmanager
def begun_anew(beside: Path) -> Iterator[PracticeFolder]:
    """The folder ``practice`` in the configured home, empty and ours alone while the block runs.

    Raises:
        HotlineError: what stands there is not ours, is in use by another run, or cannot be written.
    """
    folder = beside.expanduser().resolve() / "practice"
    try:
        marker = _taken(folder)
    except OSError as wrong:
        raise HotlineError(f"the practice folder {folder} cannot be used: {wrong.strerror}; {_ELSEWHERE}") from None
    with marker:
        yield PracticeFolder(folder)


def _taken(folder: Path) -> TextIO:
    """The marker, open and locked, of the folder, which is empty now."""
    _refuse_what_is_not_ours(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as on_fault:
        marker = on_fault.enter_context((folder / MARKER).open("a", encoding="utf-8"))
        _lock(folder, marker.fileno())
        _empty(folder)
        marker.truncate(0)
        marker.write(_SAYS)
        marker.flush()
        on_fault.pop_all()
    return marker


def _refuse_what_is_not_ours(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise HotlineError(f"{folder} is no folder of ours; remove it, or {_ELSEWHERE}")
    if folder.is_dir() and not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise HotlineError(f"{folder} was not made by `hotline practice` and is not emptied; {_ELSEWHERE}")


def _lock(folder: Path, marker: int) -> None:
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HotlineError(f"another practice run uses {folder}; end it, or {_ELSEWHERE}") from None


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        if each.name == MARKER:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
