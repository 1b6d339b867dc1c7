"""Addresses at rest are ciphertext (DESIGN.md, decision 5).

AES-256-GCM with a random 96-bit nonce; the associated data are the row's client-made key and the column's name, so
that a ciphertext copied into another row or column does not open. One byte in front names the version of the data
key. Equality look-ups go through a blind index: HMAC-SHA-256 under another key, with the domain of the value inside,
so that the index of a host does not equal the index of the same text as a URL.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hotline.errors import HotlineError
from hotline.keyring import KeyRing

_NONCE: Final = 12


class Vault:
    """Seals and opens text for the database."""

    def __init__(self, ring: KeyRing, newest: Callable[[], KeyRing] | None = None) -> None:
        """``newest`` reads the ring again: a process that runs for weeks meets values that a rotation sealed."""
        self._newest = newest
        self.adopt(ring)

    def adopt(self, ring: KeyRing) -> None:
        """Works with this ring from now on (after a rotation)."""
        self.ring = ring
        self._ciphers = {version: AESGCM(key) for version, key in ring.data.items()}

    def seal(self, key: bytes, column: str, text: str) -> bytes:
        """Seals ``text`` for the row of this ``key`` (16 bytes) and the column ``table.name``."""
        version = self.ring.current
        nonce = secrets.token_bytes(_NONCE)
        cipher = self._ciphers[version].encrypt(nonce, text.encode("utf-8", "surrogatepass"), key + column.encode())
        return bytes([version]) + nonce + cipher

    def open(self, key: bytes, column: str, sealed: bytes) -> str:
        """Opens what ``seal`` made.

        Raises:
            HotlineError: the bytes were sealed by another ring, or moved or changed since.
        """
        cipher = self._cipher(sealed[0]) if len(sealed) > _NONCE else None
        if cipher is None:
            raise HotlineError(f"{column}: sealed with a key that is not in the key ring; restore the right key file")
        try:
            plain = cipher.decrypt(sealed[1 : _NONCE + 1], sealed[_NONCE + 1 :], key + column.encode())
        except InvalidTag:
            raise HotlineError(f"{column}: a sealed value does not open; the key file or the row was changed") from None
        return plain.decode("utf-8", "surrogatepass")

    def _cipher(self, version: int) -> AESGCM | None:
        if version not in self._ciphers and self._newest is not None:
            self.adopt(self._newest())
        return self._ciphers.get(version)

    def version_of(self, sealed: bytes) -> int:
        """The version of the data key that a sealed value needs."""
        return sealed[0]

    def index(self, domain: str, text: str) -> bytes:
        """The blind index (32 bytes) of a value in a domain such as ``url`` or ``host``."""
        return hmac.digest(self.ring.index, f"{domain}\0{text}".encode("utf-8", "surrogatepass"), "sha256")

    def digest(self, kind: str, digest: str) -> str:
        """What stands for an exact digest in a sealed list: a keyed one, hexadecimal and of the same length."""
        return self.index("digest", f"{kind}:{digest}").hex()[: len(digest)]

    def write(self, row: Any, name: str, text: str | None) -> None:
        """Sets ``row.<name>_ct`` to the sealed text, or to nothing."""
        sealed = None if text is None else self.seal(row.key, f"{row.__tablename__}.{name}", text)
        setattr(row, f"{name}_ct", sealed)

    def read(self, row: Any, name: str) -> str | None:
        """Opens ``row.<name>_ct``."""
        sealed = getattr(row, f"{name}_ct")
        return None if sealed is None else self.open(row.key, f"{row.__tablename__}.{name}", sealed)

    def text(self, row: Any, name: str) -> str:
        """Opens a column that is always filled."""
        text = self.read(row, name)
        if text is None:
            raise HotlineError(f"{row.__tablename__}.{name} of row {row.id} is empty; the database was changed by hand")
        return text

    def message_id(self, row_key: bytes) -> str:
        """The local part of a notice's Message-ID: an HMAC of its row, so that the same row never gets two."""
        return hmac.digest(self.ring.message, b"message-id\0" + row_key, "sha256").hex()[:40]

    def return_token(self, row_key: bytes) -> str:
        """The token of a notice's own return path: 32 lower-case signs that survive every mail server."""
        return hmac.digest(self.ring.message, b"return\0" + row_key, "sha256").hex()[:32]

    def answer_token(self, row_key: bytes) -> str:
        """The 256-bit token by which a host answers a notice, in hexadecimal."""
        return hmac.digest(self.ring.message, b"answer\0" + row_key, "sha256").hex()


def new_token() -> str:
    """A credential of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a token: it has 256 random bits, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
