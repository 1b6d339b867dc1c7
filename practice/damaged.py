"""Files such as a hostile host serves: cut off, with flipped bytes, bombs, headers that lie. All of generated noise."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pillow_heif
from PIL import Image

STILLS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
MOVING = ("GIF", "PNG", "WEBP")
FLIPPED = 20
"""Files with flipped bytes, of each whole one."""
GIF_FRAMES = 10_000
_HUGE = 60_000


def whole_files() -> dict[str, bytes]:
    """One file of each kind, small and whole."""
    pillow_heif.register_heif_opener()
    scenes = [_scene(number) for number in range(4)]
    files = {kind: _saved(scenes[0], kind) for kind in STILLS}
    files["JPEG, progressive"] = _saved(scenes[0], "JPEG", progressive=True, quality=60)
    files["TIFF, packed"] = _saved(scenes[0], "TIFF", compression="tiff_lzw")
    for kind in MOVING:
        files[f"{kind}, moving"] = _saved(scenes[0], kind, save_all=True, append_images=scenes[1:], duration=400)
    return files


def damaged_files(most_cuts: int = 400, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Every damaged file with a name that says what is wrong with it; the same ones for the same seed.

    Each whole file is cut at every byte, or at ``most_cuts`` places spread over it where it is longer than that.
    """
    chance = random.Random(seed)
    for kind, data in whole_files().items():
        for end in _places(len(data), most_cuts):
            yield f"{kind} cut at {end}", data[:end]
        for number in range(FLIPPED):
            yield f"{kind} flipped {number}", _flipped(data, chance)
    yield from bombs().items()


def bombs() -> dict[str, bytes]:
    """Files that are small and want much."""
    zeros = bytes(50_000_000)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", zeros)
    text = zlib.compress(zeros, 9)
    return {
        "PNG of 3,600 megapixels": _png(_HUGE, _HUGE),
        "PNG of 63 megapixels that is short": _png(9_000, 7_000),
        "PNG with a bomb of text": _png(8, 8, (b"iTXt", b"name\0\x01\0\0\0" + text), (b"zTXt", b"name\0\0" + text)),
        "PNG with a bomb of a profile": _png(8, 8, (b"iCCP", b"name\0\0" + text)),
        "GIF of 3,600 megapixels": b"GIF89a" + struct.pack("<HH", _HUGE, _HUGE) + b"\0\0\0,\0\0\0\0"
        + struct.pack("<HH", _HUGE, _HUGE) + b"\0\x02\x02\x44\x01\0;",
        "BMP of 3,600 megapixels": b"BM"
        + struct.pack("<IIIIiiHHIIIIII", 54, 0, 54, 40, _HUGE, _HUGE, 1, 24, 0, 0, 0, 0, 0, 0),
        "TIFF of 3,600 megapixels": _tiff(_HUGE, _HUGE, 0),
        "TIFF whose directory follows itself": _tiff(16, 16, 8),
        "WebP of 268 megapixels": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3f\0" * 2 + b"VP8 \0\0\0\0",
        f"GIF of {GIF_FRAMES} frames": _long_gif(),
        "gzip bomb": gzip.compress(zeros),
        "zip bomb": zipped.getvalue(),
        "nothing": b"",
        "text": b"only words " * 500,
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    }  # fmt: skip


def _scene(number: int) -> Image.Image:
    noise = random.Random(number)
    small = Image.frombytes("RGB", (6, 6), noise.randbytes(108))
    return small.resize((48, 40), Image.Resampling.BICUBIC)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _places(length: int, most: int) -> list[int]:
    return list(range(length)) if length <= most else sorted({length * number // most for number in range(most)})


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _png(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1 + 3 * 8) * 8)
    parts = [(b"IHDR", head), *more, (b"IDAT", lines), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _tiff(width: int, height: int, following: int) -> bytes:
    """Little-endian, one strip of nothing; ``following`` is the place of the next directory."""
    tags = ((256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 0), (277, 3, 1),
            (278, 4, height), (279, 4, 0))  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def _long_gif() -> bytes:
    head = b"GIF89a" + struct.pack("<HH", 64, 64) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"!\xf9\x04\0\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return head + frame * GIF_FRAMES + b";"
