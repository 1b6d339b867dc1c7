"""From a video that streams by to the fingerprints of its frames. Imported by the child process alone.

One frame of each second: the first that is shown in it, counted from the video's first frame. A frame that is not
wanted and that no other needs (a B frame) is not decoded, which changes nothing about the choice. PDQ on the frame's
RGB, in the orientation that is stored, as for pictures; the rule is that of vPDQ (facebook/ThreatExchange, ``vpdq``).

What a file may be is told by magic bytes and listed here: containers and decoders beside these are not touched, and
nothing that would open another file (playlists, ``concat``, HLS, DASH, external tracks).
"""

import io
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn, Protocol

import av
import av.logging
import numpy
from av.codec.context import ThreadType
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from crawler.decoding.windows import ONLY_BEGINNING, OutOfReach
from crawler.digests import pdq

CONTAINERS: Final = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "video/x-flv": "flv",
    "video/ogg": "ogg",
    "video/x-ms-asf": "asf",
}
"""By what our own magic bytes say; ``mpeg`` without a container is ``mpegvideo``."""
DECODERS: Final = (
    "h264", "hevc", "vp8", "vp9", "libdav1d", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4",
    "h263", "flv", "theora", "mjpeg", "wmv1", "wmv2", "wmv3", "vc1",
)  # fmt: skip
MOST_PIXELS: Final = 64_000_000
MOST_FRAMES: Final = 3600
"""Fingerprints of one video: an hour of it."""
PROCESSOR_SECONDS: Final = 120
"""For one video; what was found until then is answered."""
_PROBED_BYTES: Final = 2 * 2**20
_ELEMENTARY: Final = b"\0\0\x01\xb3"
_READ: Final = 32_768
_FAULTS: Final = 100
"""Damaged packets that are passed over."""

Tell = Callable[[dict[str, Any]], None]


class Source(Protocol):
    """A file that is read once, in which one ``goes_back`` a little if that is asked for (``decoding.windows``)."""

    goes_back: bool

    def read(self, size: int) -> bytes: ...
    def peek(self, size: int) -> bytes: ...


class _Unfit(Exception):
    """Why a video is not decoded (any further), in words."""


def prepare() -> None:
    """Decodes a small video now, so that nothing must be loaded once the filter stands."""
    av.logging.set_level(None)
    held = io.BytesIO()
    with av.open(held, "w", format="avi") as made:
        stream = made.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in (64, 128, None):
            frame = None if shade is None else VideoFrame.from_ndarray(numpy.full((64, 64, 3), shade, numpy.uint8))
            made.mux(stream.encode(frame))
    fingerprint(Held(held.getvalue()), "video/x-msvideo", lambda _: None)


class Held(io.BytesIO):
    """A video that is in memory."""

    goes_back = False

    def peek(self, size: int) -> bytes:
        return self.getvalue()[:size]

    def seekable(self) -> bool:
        return self.goes_back


def fingerprint(source: Source, kind: str, tell: Tell) -> dict[str, Any]:
    """``{"frames", "seconds", "problem"}``, after ``tell`` got a ``{"print": [second, pdq, quality]}`` for each frame.

    ``seconds`` is the duration that the file says, or ``None``. Beside a ``problem`` there may be frames: those so far.
    """
    frames, seconds, problem = 0, None, None
    try:
        with _opened(source, kind) as container:
            stream = _video_of(container)
            seconds = _duration(container, stream)
            for second, frame in _chosen(container, stream):
                seconds = None if seconds is None else max(seconds, round(second, 3))
                found = pdq.fingerprint(pdq.Pixels(_colours(frame)), reduced=False).full
                tell({"print": [round(second, 3), found.bits.hex(), found.quality]})
                frames += 1
                if frames >= MOST_FRAMES:
                    break
        problem = None if frames else "no frame of the video can be decoded"
    except _Unfit as unfit:
        problem = str(unfit)
    except OutOfReach:
        problem = ONLY_BEGINNING
    except MemoryError:
        problem = "the video needs more memory than it may have"
    except Exception as wrong:  # decoders raise whatever they like at damaged files
        problem = f"the video is damaged ({type(wrong).__name__})"
    return {"frames": frames, "seconds": seconds, "problem": problem}


def _opened(source: Source, kind: str) -> InputContainer:
    name = CONTAINERS.get(kind)
    if name is None:
        raise _Unfit("not a video of a format that is decoded")
    if name == "mpeg" and source.peek(4) == _ELEMENTARY:
        name = "mpegvideo"
    options = {
        "codec_whitelist": ",".join(DECODERS),
        "format_whitelist": _whitelisted(name),
        "protocol_whitelist": "none",
        "probesize": str(_PROBED_BYTES),
        "fflags": "ignidx",  # so that nothing is looked for at the file's end
    }
    source.goes_back = name == "mov"  # its boxes are looked at twice; all others can be read in the order they have
    return av.open(source, "r", format=name, container_options=options, buffer_size=_READ, io_open=_refuse)


def _whitelisted(name: str) -> str:
    return str(av.ContainerFormat(name, "r").name)


def _refuse(*_: object) -> NoReturn:
    raise PermissionError("a video opens no other file")


def _video_of(container: InputContainer) -> VideoStream:
    """The first moving picture; what else is in the file is passed over undecoded."""
    chosen: VideoStream | None = None
    for stream in container.streams:
        if chosen is None and isinstance(stream, VideoStream) and not stream.disposition & Disposition.attached_pic:
            chosen = stream
        else:
            stream.discard = Discard.all
    if chosen is None:
        raise _Unfit("no video that is decoded is in it")
    context = chosen.codec_context
    if context.codec.name not in DECODERS:
        raise _Unfit("its video is of a format that is not decoded")
    _check_size(context.width, context.height)
    context.thread_count = 1
    context.thread_type = ThreadType.NONE
    context.options = {"max_pixels": str(MOST_PIXELS), "threads": "1"}
    return chosen


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _Unfit("more than 64 megapixels")


def _duration(container: InputContainer, stream: VideoStream) -> float | None:
    if container.duration is not None and container.duration >= 0:
        return float(round(container.duration / 1_000_000, 3))
    if stream.duration is not None and stream.time_base is not None and stream.duration >= 0:
        return float(round(stream.duration * stream.time_base, 3))
    return None


def _chosen(container: InputContainer, stream: VideoStream) -> Iterator[tuple[float, VideoFrame]]:
    """The frames that are fingerprinted, each with its second."""
    seconds = _Seconds()
    context = stream.codec_context
    step = float(1 / stream.average_rate) if stream.average_rate else 0.04
    base = float(stream.time_base or 0)
    began, faults, count = time.process_time(), 0, 0
    for packet in container.demux(stream):
        is_needed = packet.pts is None or seconds.might_want(packet.pts * base)
        context.skip_frame = "DEFAULT" if is_needed else "NONREF"
        try:
            frames = context.decode(packet if packet.size else None)
        except (av.error.InvalidDataError, av.error.UndefinedError):
            faults += 1
            if faults > _FAULTS:
                raise
            continue
        for frame in frames:
            _check_size(frame.width, frame.height)
            shown = count * step if frame.pts is None else frame.pts * base
            count += 1
            if (second := seconds.take(shown)) is not None:
                yield second, frame
        if time.process_time() - began > PROCESSOR_SECONDS:
            raise _Unfit("the video takes more processor time than it may have")


class _Seconds:
    """One frame of each second, the first that is shown in it."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._last = 0.0
        self._taken = -1

    def take(self, shown: float) -> float | None:
        """The second of a frame that is wanted, counted from the first frame; ``None``: it is not wanted."""
        if self._start is None:
            self._start = shown
        elif shown - self._start < self._last - 1:
            self._start = shown - self._last  # the clock was set back: parts that were put together
        self._last = second = shown - self._start
        if int(second) <= self._taken:
            return None
        self._taken = int(second)
        return second

    def might_want(self, shown: float) -> bool:
        """Whether a frame that is going to be shown then must be decoded for its own sake."""
        return self._start is None or int(shown - self._start) != self._taken


def _colours(frame: VideoFrame) -> numpy.typing.NDArray[numpy.uint8]:
    plain = frame.reformat(format="rgb24", threads=1)
    return numpy.asarray(plain.to_ndarray(), numpy.uint8)
