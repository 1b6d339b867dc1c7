"""Varied pictures that ship in Debian's packages: brought for a benchmark, never committed, never shown."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "mate-backgrounds",
    "gnome-backgrounds",
    "plasma-workspace-wallpapers",
    "python-skimage-doc",
    "marble-data",
    "lxqt-themes",
)
"""Photographs, drawings, diagrams, screenshots, maps and icons; some 250 MB."""
_KINDS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
_FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "art"


def pictures() -> Iterator[Path]:
    """The pictures' files, in the same order each time; the packages are downloaded when they are not there.

    Exits with 2 and the remedy where they cannot be had.
    """
    for package in PACKAGES:
        if not (_FOLDER / package).is_dir():
            _bring(package)
    for file in sorted(_FOLDER.rglob("*")):
        if file.suffix.lower() in _KINDS and file.is_file() and not file.is_symlink():
            yield file


def _bring(package: str) -> None:
    print(f"bringing {package}", file=sys.stderr)
    loading = _FOLDER / "loading"
    shutil.rmtree(loading, ignore_errors=True)
    loading.mkdir(parents=True)
    _run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], loading)
    (archive,) = loading.glob("*.deb")
    unpacked = loading / "unpacked"
    _run(["dpkg-deb", "--extract", str(archive), str(unpacked)], loading)
    unpacked.rename(_FOLDER / package)
    shutil.rmtree(loading)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as wrong:
        print(f"the pictures cannot be had ({wrong}); on Debian: apt-get update, then again", file=sys.stderr)
        raise SystemExit(2) from None
