"""Pictures of the small world: waves and spots from a seed, alike on every machine, unlike each other."""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

SIZE = (240, 180)


@dataclass(frozen=True)
class Picture:
    """A file and what is known of it."""

    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def sha1(self) -> str:
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()

    @property
    def md5(self) -> str:
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    @property
    def pdq(self) -> str:
        """The perceptual digest, by the library itself."""
        import pdqhash

        bits, _ = pdqhash.compute(np.asarray(Image.open(io.BytesIO(self.data)).convert("RGB")))
        return f"{int(''.join(map(str, bits)), 2):064x}"


def waves(seed: int) -> Image.Image:
    """Twelve waves a channel, and a few spots."""
    dice = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    channels = []
    for _ in range(3):
        field = np.zeros_like(x)
        for _ in range(12):
            across, down, turn = dice.uniform(-9, 9), dice.uniform(-9, 9), dice.uniform(0, 6.3)
            field += dice.uniform(0.4, 1) * np.cos(2 * np.pi * (across * x + down * y) + turn)
        channels.append(field)
    stack = np.stack(channels, axis=-1)
    spread = (stack - stack.min()) / (stack.max() - stack.min())
    return Image.fromarray((spread * 255).astype("uint8"))


def png(seed: int) -> Picture:
    """A picture as it was first seen."""
    held = io.BytesIO()
    waves(seed).save(held, "PNG")
    return Picture(held.getvalue(), "image/png")


def jpeg(seed: int, quality: int = 80) -> Picture:
    """The same picture, encoded anew: other bytes, the same look."""
    held = io.BytesIO()
    waves(seed).save(held, "JPEG", quality=quality)
    return Picture(held.getvalue(), "image/jpeg")
