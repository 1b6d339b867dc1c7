"""A file as a static server gives it: with a validator, in part where a part is asked for (RFC 9110, 8.8, 13, 14)."""

import re

from aiohttp import web

from practice.pictures import Picture

_FROM_THE_START = re.compile(r"bytes=0-(\d{1,12})")
MODIFIED = "Tue, 01 Sep 2020 00:00:00 GMT"
"""All files are older than any story."""


def served(picture: Picture, request: web.BaseRequest, *, by_date: bool = False) -> web.Response:
    """The whole file, its beginning, or that it is still the same. ``by_date``: the host tells dates and no tags."""
    validator = {"Last-Modified": MODIFIED} if by_date else {"ETag": f'"{picture.sha256[:20]}"'}
    asked = request.headers
    known = asked.get("If-Modified-Since") if by_date else asked.get("If-None-Match")
    if known is not None and known in validator.values():
        return web.Response(status=304, headers=validator)
    part = _FROM_THE_START.fullmatch(asked.get("Range", ""))
    if part is None:
        return web.Response(body=picture.data, content_type=picture.media_type, headers=validator)
    last = min(int(part.group(1)), len(picture.data) - 1)
    told = validator | {"Content-Range": f"bytes 0-{last}/{len(picture.data)}"}
    return web.Response(status=206, body=picture.data[: last + 1], content_type=picture.media_type, headers=told)
