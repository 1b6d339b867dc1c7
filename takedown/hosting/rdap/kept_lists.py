"""The bootstrap files on disk: each with the time when it was fetched and from where, written whole or not at all."""

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from takedown.hosting.rdap.bootstrap import Services, parse_services
from takedown.hosting.rdap.shapes import record, text

_LONGEST_FILE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class KeptList:
    """A list that was fetched before; there is something in it."""

    services: Services
    fetched_at: datetime


def read_json(file: Path) -> object:
    """What is in a file; ``None`` where it is missing, too long or no JSON."""
    try:
        with file.open("rb") as opened:
            return json.loads(opened.read(_LONGEST_FILE).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def read_kept(file: Path, base: str) -> KeptList | None:
    """The list as it was kept, when it came from this base URL."""
    document = record(read_json(file))
    try:
        fetched_at = datetime.fromisoformat(text(document.get("fetched_at")))
    except ValueError:
        return None
    services = parse_services(document.get("document"))
    if not services or not fetched_at.tzinfo or document.get("from") != base:
        return None
    return KeptList(services, fetched_at)


def keep(file: Path, base: str, document: object, now: datetime) -> None:
    """Keeps a list. A home that cannot be written costs a fetch, not a finding."""
    try:
        written = json.dumps({"fetched_at": now.isoformat(), "from": base, "document": document})
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, written)
    except (OSError, ValueError, RecursionError):
        return


def _replace(file: Path, written: str) -> None:
    """Beside the file first, then in its place: who reads meanwhile sees the old one or the new one."""
    handle, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(written)
        Path(beside).replace(file)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
