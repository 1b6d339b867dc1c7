"""Generated videos: soft coloured patterns that drift, one after the other. Nothing else is ever in them."""

import io
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import av.logging
import numpy
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

av.logging.set_level(None)


@cache
def pattern(seed: int, width: int, height: int) -> NDArray[numpy.uint8]:
    """One scene: some hundred random colours, smoothly between each other, wider than the frame."""
    few = numpy.random.default_rng(seed).integers(0, 256, (24, 40, 3), numpy.uint8)
    return numpy.asarray(Image.fromarray(few).resize((width + width // 4, height), Image.Resampling.BICUBIC))


def frames(scene: int, seconds: float, rate: int, width: int, height: int) -> Iterator[NDArray[numpy.uint8]]:
    """A new pattern each second; each drifts to the left by a tenth of the picture."""
    for n in range(round(seconds * rate)):
        second, part = divmod(n, rate)
        left = width * part // rate // 10
        yield pattern(scene * 10_000 + second, width, height)[:, left : left + width]


def clip(
    scene: int = 1,
    codec: str = "mpeg4",
    container: str = "mp4",
    *,
    seconds: float = 3,
    rate: int = 25,
    size: tuple[int, int] = (160, 120),
    options: dict[str, str] | None = None,
    movflags: str = "",
    bit_rate: int = 400_000,
    sound: str = "",
) -> bytes:
    """A video file. ``movflags`` are the muxer's: ``faststart`` puts the index before the pictures.

    ``sound`` is the codec of a second track, with a soft hiss.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clip"
        with av.open(str(file), "w", format=container, options={"movflags": movflags} if movflags else {}) as made:
            stream = made.add_stream(codec, rate=rate, options=options or {})
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.bit_rate = bit_rate
            stream.codec_context.time_base = Fraction(1, rate)
            track = made.add_stream(sound, rate=48_000) if sound else None
            for colours in frames(scene, seconds, rate, *size):
                made.mux(stream.encode(VideoFrame.from_ndarray(numpy.ascontiguousarray(colours))))
                if isinstance(track, AudioStream):
                    made.mux(track.encode(_hiss(48_000 // rate)))
            made.mux(stream.encode(None))
            if isinstance(track, AudioStream):
                made.mux(track.encode(None))
        return file.read_bytes()


def _hiss(samples: int) -> AudioFrame:
    noise = numpy.random.default_rng(1).integers(-50, 50, (1, samples * 2), numpy.int16)
    frame = AudioFrame.from_ndarray(noise, format="s16", layout="stereo")
    frame.sample_rate = 48_000
    return frame


def first_of_each_second(video: bytes) -> list[tuple[float, NDArray[numpy.uint8]]]:
    """The rule by the letter: everything is decoded, and of each second its first frame is kept."""
    kept: dict[int, tuple[float, NDArray[numpy.uint8]]] = {}
    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        start = None
        for frame in container.decode(stream):
            shown = float((frame.pts or 0) * (stream.time_base or 0))
            start = shown if start is None else start
            kept.setdefault(int(shown - start), (round(shown - start, 3), frame.to_ndarray(format="rgb24")))
    return list(kept.values())
