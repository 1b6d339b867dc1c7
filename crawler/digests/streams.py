"""Exact digests of a body that streams by; nothing is kept."""

import hashlib

from hotline.facts import Digests


class DigestStream:
    """SHA-256, SHA-1 and MD5 of a body, chunk by chunk; MD5 and SHA-1 because older lists have nothing else."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.length = 0

    def update(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        self._sha256.update(chunk)
        self._sha1.update(chunk)
        self._md5.update(chunk)
        self.length += len(chunk)

    def finish(self) -> Digests:
        """The fingerprints of everything that was taken; those of what it shows are the decoder's to add."""
        return Digests(
            sha256=self._sha256.hexdigest(),
            sha1=self._sha1.hexdigest(),
            md5=self._md5.hexdigest(),
            length=self.length,
        )


def digests_of(body: bytes) -> Digests:
    """The fingerprints of bytes that are in memory anyway."""
    stream = DigestStream()
    stream.update(body)
    return stream.finish()


def bits_apart(one: str, other: str) -> int:
    """The Hamming distance of two fingerprints of equal length in hexadecimal."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
