"""What an odd host knows of whoever asks, and the answers that hosts are made of."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from little_pictures import Picture
from PIL import Image

FILE: Final = "/i/one.png"
ENTRY: Final = "/album/1"


@dataclass(frozen=True)
class Visit:
    """One request. ``elsewhere``: it comes from the other vantage. ``count``: how often this path was asked for."""

    path: str
    host: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    elsewhere: bool
    count: int
    picture: Picture
    other: Picture
    placeholder: Picture
    file: str = FILE
    entry: str = ENTRY

    @property
    def is_file(self) -> bool:
        """Whether it asks for the picture."""
        return self.path == self.file


def status(code: int) -> web.Response:
    """A status and hardly a word."""
    return web.Response(status=code, text="")


def html(title: str, *parts: str, code: int = 200) -> web.Response:
    """A page."""
    body = "".join(f"<p>{part}</p>\n" for part in parts)
    text = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>\n{body}</body></html>"
    return web.Response(text=text, content_type="text/html", status=code)


def file(picture: Picture, code: int = 200) -> web.Response:
    """A picture."""
    return web.Response(body=picture.data, content_type=picture.media_type, status=code)


def lead(target: str) -> web.Response:
    """A redirect."""
    return web.Response(status=302, headers={"Location": target})


def home_page() -> web.Response:
    """The front page."""
    return html("Our pictures", "landscapes and still lives by our members", "new every week", "rules, contact, help")


def ordinary(visit: Visit) -> web.Response:
    """A well-behaved host on which the picture and its page are."""
    if visit.is_file:
        return file(visit.picture)
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", f'<img src="{visit.file}" alt="a picture">')
    return home_page() if visit.path == "/" else status(404)


def hidden(how: str, visit: Visit) -> web.Response:
    """A fault of the connection; the server reads ``X-Fault`` and makes it so."""
    answer = ordinary(visit)
    if visit.is_file or visit.path.startswith("/i/"):
        answer.headers["X-Fault"] = how
    return answer


def _opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def _saved(image: Image.Image, kind: str = "PNG", **how: int) -> Picture:
    held = io.BytesIO()
    image.save(held, kind, **how)
    return Picture(held.getvalue(), f"image/{kind.lower()}")


def saved_anew(picture: Picture) -> Picture:
    """Other bytes, the same look."""
    return _saved(_opened(picture), "JPEG", quality=70)


def shrunk(picture: Picture) -> Picture:
    """Half as wide and high."""
    image = _opened(picture)
    return _saved(image.resize((image.width // 2, image.height // 2)), "JPEG", quality=85)


def cropped(picture: Picture) -> Picture:
    """Without a thin edge."""
    image = _opened(picture)
    return _saved(image.crop((3, 2, image.width - 3, image.height - 2)))


def mirrored(picture: Picture) -> Picture:
    """Left is right."""
    return _saved(_opened(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def greyed(picture: Picture) -> Picture:
    """Without its colours."""
    return _saved(_opened(picture).convert("L"))


def captioned(picture: Picture) -> Picture:
    """With a small sign in a corner."""
    image = _opened(picture)
    image.paste((255, 255, 255), (2, 2, image.width // 6, image.height // 12))
    return _saved(image)


def cut(picture: Picture) -> Picture:
    """The first half of its bytes."""
    return Picture(picture.data[: len(picture.data) // 2], picture.media_type)
