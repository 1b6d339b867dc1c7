"""The key ring: a file that its owner alone can read.

It holds the data keys by version (the newest seals, all open), the key of the blind indexes, the key of message
identifiers, and the seed that signs audit heads. A thief with the database and no ring has ciphertext.
"""

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotline.errors import HotlineError

_FORMAT = 1


@dataclass(frozen=True)
class KeyRing:
    """The keys. ``data`` maps a version from 1 to 255 to a 32-byte key."""

    data: dict[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    message: bytes = field(repr=False)
    audit_seed: bytes = field(repr=False)

    @property
    def current(self) -> int:
        """The version that seals."""
        return max(self.data)

    def rotated(self) -> "KeyRing":
        """The ring with a new data key; the old ones still open what they sealed."""
        if self.current >= 255:
            raise HotlineError("255 rotations are used up; the format of sealed values must change first: upgrade")
        return replace(self, data={**self.data, self.current + 1: secrets.token_bytes(32)})

    def retired(self) -> "KeyRing":
        """The ring with the two newest data keys, for when everything has been sealed anew."""
        newest = sorted(self.data)[-2:]
        return replace(self, data={version: self.data[version] for version in newest})


def new_ring() -> KeyRing:
    """Fresh random keys."""
    return KeyRing({1: secrets.token_bytes(32)}, *(secrets.token_bytes(32) for _ in range(3)))


def write_ring(ring: KeyRing, file: Path) -> None:
    """Writes the ring so that it is either the old one or the new one, whatever breaks; mode 0600 from the start."""
    text = json.dumps(
        {
            "format": _FORMAT,
            "data": {str(version): _text(key) for version, key in ring.data.items()},
            "index": _text(ring.index),
            "message": _text(ring.message),
            "audit_seed": _text(ring.audit_seed),
        }
    )
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # rows sealed with the new key must not outlive it in a power cut
    finally:
        os.close(folder)


def read_ring(file: Path) -> KeyRing:
    """Reads the ring.

    Raises:
        HotlineError: the file is missing, others can read it, or it is damaged.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        raise HotlineError(f"no key ring at {file}; run `hotline init`, or set HOTLINE_KEY_FILE") from None
    except OSError as wrong:
        raise HotlineError(f"the key ring {file} cannot be read: {wrong.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise HotlineError(f"the key ring {file} is no file; set HOTLINE_KEY_FILE to the right one")
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as source:
        mode = stat.S_IMODE(os.fstat(source.fileno()).st_mode)
        if mode & 0o077:
            raise HotlineError(f"the key ring {file} can be read by others (mode {mode:04o}); run: chmod 600 {file}")
        return _parse(source.read(), file)


def _parse(text: str, file: Path) -> KeyRing:
    try:
        table = json.loads(text)
        data = {int(version): base64.b64decode(key, validate=True) for version, key in table["data"].items()}
        parts = [base64.b64decode(table[name], validate=True) for name in ("index", "message", "audit_seed")]
        whole = table["format"] == _FORMAT and bool(data) and all(0 < version < 256 for version in data)
        if not whole or any(len(key) != 32 for key in [*data.values(), *parts]):
            raise ValueError("a key is missing or of wrong length")
        return KeyRing(data, *parts)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise HotlineError(f"the key ring {file} is damaged; restore it from its backup") from None


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")
