"""From a picture's bytes to its PDQ. Imported by the child process alone: the parent never imports a decoder.

PDQ as the ``pdqhash`` package makes it (the reference implementation of Meta's paper) on Pillow's RGB, in the
orientation that is stored, so that a digest made elsewhere of the same file is the same.
"""

import io
import warnings
from typing import Any, Final

import numpy
import numpy.typing
import pdqhash
from PIL import Image, ImageFile, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "AVIF")
MOST_PIXELS: Final = 64_000_000
MOST_FRAMES: Final = 100_000


def prepare() -> None:
    """Loads every plugin and every lazy part now, because nothing can be opened once the filter stands."""
    for plugin in FORMATS:
        name = "Bmp" if plugin == "DIB" else plugin.capitalize()
        name = {"Webp": "WebP"}.get(name, name)
        _import_plugin(f"{name}ImagePlugin")
    _import_plugin("MpoImagePlugin")
    Image.MAX_IMAGE_PIXELS = None  # our own cap is read from the header, and is told in words
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF"):
        sample = io.BytesIO()
        Image.effect_mandelbrot((80, 80), (-2.0, -1.5, 1.0, 1.5), 9).convert("RGB").save(sample, kind)
        fingerprint(sample.getvalue())


def _import_plugin(name: str) -> None:
    try:
        module = __import__(f"PIL.{name}", fromlist=[name])
    except ImportError:
        return  # this Pillow was built without it; its pictures are told as not understood
    if hasattr(module, "DEFAULT_MAX_THREADS"):
        setattr(module, "DEFAULT_MAX_THREADS", 1)  # noqa: B010 - the filter lets no thread begin


def fingerprint(picture: bytes) -> dict[str, Any]:
    """``{"pdq", "quality", "frames", "problem"}``: hexadecimal, 0 to 100, a still has 1 frame; or the problem alone."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                return {"problem": "more than 64 megapixels"}
            frames = _frames(image)
            vector, quality = pdqhash.compute(_colours(image))
    except UnidentifiedImageError:
        return {"problem": "not a picture of a format that is decoded"}
    except MemoryError:
        return {"problem": "the picture needs more memory than it may have"}
    except Exception as wrong:  # decoders raise whatever they like at damaged files
        return {"problem": f"the picture is damaged ({type(wrong).__name__})"}
    return {"pdq": numpy.packbits(vector).tobytes().hex(), "quality": int(quality), "frames": frames}


def _colours(image: Image.Image) -> numpy.typing.NDArray[numpy.uint8]:
    image.seek(0)
    image.load()
    coloured = image if image.mode == "RGB" else image.convert("RGB")
    array = numpy.asarray(coloured)
    coloured.close()  # a large picture fits into the memory limit once, not twice
    image.close()
    return array


def _frames(image: Image.Image) -> int:
    try:
        return min(int(getattr(image, "n_frames", 1)), MOST_FRAMES)
    except Exception:  # the first frame was good; what is damaged behind it does not take that back
        return 1
