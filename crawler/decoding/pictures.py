"""From a picture's bytes to its PDQ. Imported by the child process alone: the parent never imports a decoder.

PDQ on Pillow's RGB, in the orientation that is stored, so that a digest made elsewhere of the same file is the same.
What EXIF says about turning is not heeded. HEIF is another matter: there a turn, a mirror and a crop are properties of
the picture, without which it must not be shown (ISO/IEC 23008-12, 6.5); libheif applies them while it decodes, and so
does everybody; AVIF is built alike. Of a HEIF file with several pictures the primary one counts; the others are no
frames.
"""

import base64
import io
import time
import warnings
from typing import Any, Final

import numpy
import numpy.typing
from PIL import Image, ImageFile, UnidentifiedImageError

from crawler.decoding.answers import QUICK, THOROUGH, TURNED
from crawler.digests import pdq

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "AVIF", "HEIF")
MOST_PIXELS: Final = 64_000_000
MOST_FRAMES: Final = 100_000
MOST_PRINTS: Final = 100
"""Fingerprints of one animation, of which there is one a second at most."""
ANIMATION_SECONDS: Final = 5.0
"""Real time for all frames but the first, so that these never cost the first its answer."""
_QUICK_SIDE: Final = 256
"""No side of a quickly decoded JPEG is shorter; ``bench/fingerprints.py`` has the table of what that costs."""
_GREY: Final = frozenset({"1", "L", "LA"})
_HEIF_SAMPLE: Final = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABegABAAAAAAAAABwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBw"
    "aXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACRtZGF0AAAAGCgBrxmA9wkZvo0Ike4fkU2qZj7N+NIc/g=="
)
"""A grey ramp of 64 by 64: pillow-heif may have been built without an encoder, whose threads would stay besides."""


def prepare() -> None:
    """Loads every plugin and every lazy part now, because nothing can be opened once the filter stands."""
    for plugin in [name for name in FORMATS if name != "HEIF"]:
        name = "Bmp" if plugin == "DIB" else plugin.capitalize()
        name = {"Webp": "WebP"}.get(name, name)
        _import_plugin(f"{name}ImagePlugin")
    _import_plugin("MpoImagePlugin")
    _prepare_pillow()
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"):
        sample = io.BytesIO()
        Image.effect_mandelbrot((80, 80), (-2.0, -1.5, 1.0, 1.5), 9).convert("RGB").save(sample, kind)
        fingerprint(sample.getvalue())


def prepare_heif() -> None:
    """The same for HEIF alone. Its tiles come one after the other; an embedded small picture is never taken for it."""
    import pillow_heif

    _prepare_pillow()
    pillow_heif.register_heif_opener(decode_threads=0, thumbnails=False, depth_images=False, aux_images=False)
    fingerprint(base64.b64decode(_HEIF_SAMPLE))
    fingerprint(b"")


def _prepare_pillow() -> None:
    Image.MAX_IMAGE_PIXELS = None  # our own cap is read from the header, and is told in words
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")


def _import_plugin(name: str) -> None:
    try:
        module = __import__(f"PIL.{name}", fromlist=[name])
    except ImportError:
        return  # this Pillow was built without it; its pictures are told as not understood
    if hasattr(module, "DEFAULT_MAX_THREADS"):
        setattr(module, "DEFAULT_MAX_THREADS", 1)  # noqa: B010 - the filter lets no thread begin


def fingerprint(picture: bytes, care: str = THOROUGH) -> dict[str, Any]:
    """``{"pdq", "reduced", "quality", "frames", "prints"}``, of which a still has 1 frame; or the ``problem`` alone.

    PDQ is in hexadecimal, its quality 0 to 100. ``prints`` are those of an animation's frames, ``[second, pdq,
    quality]``: of each second the first that is shown in it, as for videos, while they last and time allows.
    ``reduced`` is the fingerprint by the other convention (``crawler.digests.pdq``), absent where it is the same one.
    ``QUICK`` decodes a large JPEG at the smallest scale that keeps faith with ``pdq``; ``reduced`` would not be, and is
    left out. ``THOROUGH`` makes sure of plain pictures too, which nobody compares; ``TURNED`` adds ``turned`` to that.
    """
    try:
        with Image.open(io.BytesIO(picture), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
            if image.width * image.height > MOST_PIXELS:
                return {"problem": "more than 64 megapixels"}
            frames = _frames(image)
            strips = Strips(image, care == QUICK)
            found = pdq.fingerprint(
                strips, reduced=strips.scale == 1, turned=care == TURNED, thorough=care in (THOROUGH, TURNED)
            )
            prints = _animation(image, frames, found.full) if frames > 1 else []
    except UnidentifiedImageError:
        return {"problem": "not a picture of a format that is decoded"}
    except MemoryError:
        return {"problem": "the picture needs more memory than it may have"}
    except Exception as wrong:  # decoders raise whatever they like at damaged files
        return {"problem": f"the picture is damaged ({type(wrong).__name__})"}
    answer = {"pdq": found.full.bits.hex(), "quality": found.full.quality, "frames": frames, "prints": prints}
    if found.reduced is not None:
        answer["reduced"] = found.reduced.bits.hex()
    if found.turned is not None:
        answer["turned"] = {name: bits.hex() for name, bits in found.turned.items()}
    return answer


class Strips:
    """An image's colours, converted strip by strip: a large one is in memory once, as the decoder left it."""

    def __init__(self, image: Image.Image, quick: bool) -> None:
        self.width, self.height = image.size
        if image.format == "MPO" or (image.format != "HEIF" and getattr(image, "is_animated", False)):
            image.seek(0)
        if quick:
            image.draft("RGB", (_QUICK_SIDE, _QUICK_SIDE))
        image.load()
        if image.format == "HEIF":
            self.width, self.height = image.size  # its header may have said another size than what came out
        self._image = image
        self._columns, self._lines = image.size
        self.scale = -(-self.width // self._columns)
        self._mode, self._channels = ("L", 1) if image.mode in _GREY else ("RGB", 3)

    def rows(self, start: int, end: int) -> numpy.typing.NDArray[numpy.uint8]:
        strip = self._image.crop((0, start, self._columns, end))
        plain = strip if strip.mode == self._mode else strip.convert(self._mode)
        return numpy.frombuffer(plain.tobytes(), numpy.uint8).reshape(-1, self._columns, self._channels)


def _frames(image: Image.Image) -> int:
    if image.format == "HEIF":
        return 1
    try:
        return min(int(getattr(image, "n_frames", 1)), MOST_FRAMES)
    except Exception:  # the first frame was good; what is damaged behind it does not take that back
        return 1


def _animation(image: Image.Image, frames: int, first: pdq.Pdq) -> list[list[Any]]:
    """One frame of each second; of a damaged animation those before the damage."""
    prints: list[list[Any]] = [[0.0, first.bits.hex(), first.quality]]
    shown, ends = _shown(image), time.monotonic() + ANIMATION_SECONDS
    try:
        for number in range(1, frames):
            image.seek(number)
            image.load()
            if int(shown) > int(prints[-1][0]):
                colours = numpy.asarray(image.convert("RGB"))
                found = pdq.fingerprint(pdq.Pixels(colours), reduced=False).full
                prints.append([round(shown, 3), found.bits.hex(), found.quality])
            if len(prints) >= MOST_PRINTS or time.monotonic() > ends:
                break
            shown += _shown(image)
    except Exception:  # the first frame was good, and these are
        return prints
    return prints


def _shown(image: Image.Image) -> float:
    """Seconds for which the frame at hand is shown; browsers take a tenth for what is nearly nothing."""
    said = image.info.get("duration", 0)
    seconds = float(said) / 1000 if isinstance(said, int | float) else 0.0
    return seconds if 0.01 < seconds < 3600 else 0.1
