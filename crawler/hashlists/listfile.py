"""The file of a list: named arrays behind a header, written once, mapped into memory by every process that asks.

Layout: a magic number; the header's length and its BLAKE2b digest; the header, JSON with ``facts``, the arrays' places
and their digest; then the arrays, each at a page's beginning. Numbers are little-endian. A new version replaces the
file whole, so that whoever has the old one mapped keeps it as it was.
"""

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_MAGIC: Final = b"HLIST\x00\x01\n"
_PREAMBLE: Final = struct.Struct("<8sQ16s")
_PAGE: Final = 4096
_CHUNK: Final = 1 << 24


class DamagedList(Exception):
    """The file is not what was written: cut off, overwritten, or of another release. It is made anew."""


def write(file: Path, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Writes the file beside its place and moves it there: whoever looks finds the old one or the new one, whole."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    flat = {name: numpy.ascontiguousarray(array) for name, array in arrays.items()}
    header, places = _header(facts, flat)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with open(fresh, "wb", opener=_private) as stream:
            stream.write(_PREAMBLE.pack(_MAGIC, len(header), _digest(header)) + header)
            for name, array in flat.items():
                stream.seek(places[name])
                for chunk in _chunks(array):
                    stream.write(chunk)
            stream.truncate(_end(flat, places))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def read(file: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Facts and arrays; the arrays are read from the disk when they are looked at.

    Raises:
        DamagedList: the header or the length is wrong. What lies between is ``verify``'s, for it takes a while.
        OSError: the file cannot be read.
    """
    with open(file, "rb") as stream:
        header = _checked_header(stream.read(_PREAMBLE.size), stream)
        sections = header["sections"]
        wanted = max((place["at"] + place["bytes"] for place in sections.values()), default=0)
        if os.fstat(stream.fileno()).st_size < wanted:
            raise DamagedList("the file is cut off")
        if not wanted:
            return header["facts"], {}
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return header["facts"], {
        name: numpy.frombuffer(mapped, place["type"], place["count"], place["at"]).reshape(place["shape"])
        for name, place in sections.items()
    }


def verify(file: Path) -> bool:
    """Whether every byte is as it was written; reads the whole file."""
    try:
        with open(file, "rb") as stream:
            header = _checked_header(stream.read(_PREAMBLE.size), stream)
        _, arrays = read(file)
    except (DamagedList, OSError):
        return False
    return bool(_contents(arrays) == header["contents"])


def _header(facts: Mapping[str, Any], flat: Arrays) -> tuple[bytes, dict[str, int]]:
    contents = _contents(flat)
    # The places depend on the header's length: it is made twice, the second time with room that surely suffices.
    room = len(json.dumps(dict(facts))) + 200 * (len(flat) + 2)
    at = _aligned(_PREAMBLE.size + room)
    places, sections = {}, {}
    for name, array in flat.items():
        places[name] = at
        kind = array.dtype.newbyteorder("<").str
        sections[name] = {
            "at": at, "bytes": array.nbytes, "count": array.size, "shape": list(array.shape), "type": kind,
        }  # fmt: skip
        at = _aligned(at + array.nbytes)
    text = json.dumps({"facts": dict(facts), "sections": sections, "contents": contents})
    return text.encode().ljust(room), places


def _checked_header(preamble: bytes, stream: Any) -> dict[str, Any]:
    if len(preamble) < _PREAMBLE.size:
        raise DamagedList("the file is cut off")
    magic, length, digest = _PREAMBLE.unpack(preamble)
    if magic != _MAGIC or length > _CHUNK:
        raise DamagedList("not a list's file of this release")
    header = stream.read(length)
    if _digest(header) != digest:
        raise DamagedList("the header is damaged")
    parsed: dict[str, Any] = json.loads(header)
    return parsed


def _contents(arrays: Arrays) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for name in sorted(arrays):
        digest.update(name.encode())
        for chunk in _chunks(arrays[name]):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(array: NDArray[Any]) -> Iterator[memoryview]:
    plain = array.reshape(-1).view(numpy.uint8) if array.size else array
    for start in range(0, plain.size, _CHUNK):
        yield plain[start : start + _CHUNK].data


def _end(flat: Arrays, places: Mapping[str, int]) -> int:
    return max((places[name] + array.nbytes for name, array in flat.items()), default=_PREAMBLE.size)


def _aligned(at: int) -> int:
    return -(-at // _PAGE) * _PAGE


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
