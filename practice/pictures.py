"""All pictures of the practice internet: gradients, shapes and noise from a seed, so that two runs serve the
same bytes.

A label says what a picture is for (see `hosts.py`). Two different pictures are further than 31 bits of PDQ
apart; a picture saved anew (`~k03`) is nearer than that to its original and has other bytes. Tests hold
both.
"""

import hashlib
import io
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from practice.pdq import pdq

SIZES = ((320, 240), (400, 300), (480, 360), (640, 480))
PLACEHOLDER = "placeholder"
ANIMATED = "k07"
"""The one label that is a GIF of three frames."""
FIRST_UNLISTED = 40


@dataclass(frozen=True)
class Picture:
    """One generated file: its bytes and what they are."""

    label: str
    data: bytes
    media_type: str

    @cached_property
    def sha256(self) -> str:
        """Hex."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def pdq(self) -> tuple[str, int]:
        """64 hex digits and the quality, 0 to 100, of the first frame as Pillow's RGB."""
        with Image.open(io.BytesIO(self.data)) as image:
            return pdq(np.asarray(image.convert("RGB")))

    def listed(self) -> dict[str, str | int]:
        """Its row in a hash list, without the classification."""
        md5 = hashlib.md5(self.data, usedforsecurity=False).hexdigest()
        sha1 = hashlib.sha1(self.data, usedforsecurity=False).hexdigest()
        return {"sha256": self.sha256, "sha1": sha1, "md5": md5, "pdq": self.pdq[0], "length": len(self.data)}


def is_listed(label: str) -> bool:
    """Whether the picture's digests stand in the hash list before the story begins."""
    return label.startswith("k") and int(label[1:]) < FIRST_UNLISTED


def is_material(label: str) -> bool:
    """Whether a correct hotline opens a case for it, exact or near."""
    return label.startswith(("k", "~k"))


def media_type_of(label: str) -> str:
    """Its format, which the label alone decides, so that paths are known before anything is drawn."""
    if label == ANIMATED:
        return "image/gif"
    is_png = label == PLACEHOLDER or (not label.startswith("~") and zlib.crc32(label.encode()) % 4 == 0)
    return "image/png" if is_png else "image/jpeg"


def suffix_of(label: str) -> str:
    """The end of its file name, with the dot."""
    return {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}[media_type_of(label)]


class Pictures:
    """Pictures by label; each is drawn once."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn: dict[str, Picture] = {}

    def __getitem__(self, label: str) -> Picture:
        if label not in self._drawn:
            self._drawn[label] = self._draw(label)
        return self._drawn[label]

    def _draw(self, label: str) -> Picture:
        media_type = media_type_of(label)
        if label.startswith("~"):
            return Picture(label, _saved_anew(self._scene(label[1:])), media_type)
        scene = _sign() if label == PLACEHOLDER else self._scene(label)
        return Picture(label, ENCODINGS[media_type](scene), media_type)

    def _scene(self, label: str) -> Image.Image:
        """A soft field of colours with shapes over it and a little grain."""
        random = np.random.default_rng([self._seed, zlib.crc32(label.encode())])
        width, height = SIZES[int(random.integers(len(SIZES)))]
        field = Image.fromarray(random.integers(20, 235, (9, 12, 3), dtype=np.uint8))
        scene = field.resize((width, height), Image.Resampling.BICUBIC)
        pen = ImageDraw.Draw(scene)
        for turn in range(int(random.integers(6, 12))):
            left, top = int(random.integers(width * 4 // 5)), int(random.integers(height * 4 // 5))
            right, bottom = (
                left + int(random.integers(30, width // 3)),
                top + int(random.integers(30, height // 3)),
            )
            red, green, blue = (int(value) for value in random.integers(0, 255, 3))
            draw = (pen.ellipse, pen.rectangle)[turn % 2]
            draw((left, top, right, bottom), fill=(red, green, blue))
        grain = random.integers(-3, 4, (height, width, 1))
        grained = np.clip(np.asarray(scene, dtype=np.int16) + grain, 0, 255)
        return Image.fromarray(grained.astype(np.uint8))


def _jpeg(image: Image.Image, quality: int = 88) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _saved_anew(image: Image.Image) -> bytes:
    """As a host does that makes its own copies: a little smaller, sharper compression."""
    width, height = image.size
    smaller = image.resize((width * 9 // 10, height * 9 // 10), Image.Resampling.LANCZOS)
    return _jpeg(smaller, quality=62)


def _animated(image: Image.Image) -> bytes:
    frames = [image.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 2, 4)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0)
    return buffer.getvalue()


def _sign() -> Image.Image:
    """The grey board that one host puts where something was."""
    sign = Image.new("RGB", (320, 240), (200, 200, 200))
    pen = ImageDraw.Draw(sign)
    pen.rectangle((20, 20, 299, 219), outline=(120, 120, 120), width=4)
    pen.line((20, 20, 299, 219), fill=(120, 120, 120), width=4)
    return sign


ENCODINGS = {"image/jpeg": _jpeg, "image/png": _png, "image/gif": _animated}
