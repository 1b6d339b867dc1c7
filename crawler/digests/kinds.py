"""What kind of file a body's first bytes show. Pure.

What a server says in ``Content-Type`` is its word, not evidence: the contract wants media told by magic bytes.
"""

from typing import Final

SNIFFED_BYTES: Final = 1024
"""How much of a body's beginning ``media_type`` and ``looks_like_html`` want to see."""


_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"OggS", "video/ogg"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"),
    (4, b"moov", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (0, b"\0\0\0\x08wide", "video/quicktime"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (257, b"ustar", "application/x-tar"),
    (0, b"%PDF-", "application/pdf"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_BRANDS: Final = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), "image/heif"),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"), "image/heif"),
    b"qt  ": "video/quicktime",
}
_HTML_STARTS: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<title", b"<meta", b"<!--", b"<div",
                       b"<table", b"<iframe", b"<style", b"<img", b"<a ", b"<p>", b"<h1", b"<br", b"<font", b"<b>",
                       b"<center", b"<link", b"<base", b"<form", b"<ul", b"<figure")  # fmt: skip
_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PACKET: Final = 188


def media_type(first: bytes) -> str | None:
    """The media type by the file's own first bytes; ``None`` for what is no picture, video, archive or PDF."""
    for offset, magic, name in _MAGIC:
        if first.startswith(magic, offset):
            return name
    if first.startswith(b"RIFF"):
        return _RIFF.get(first[8:12])
    if first[4:8] == b"ftyp":
        return _by_brand(first)
    if _is_bitmap(first):
        return "image/bmp"
    if len(first) > 2 * _PACKET and first[0] == first[_PACKET] == first[2 * _PACKET] == 0x47:
        return "video/mp2t"
    return None


def _by_brand(first: bytes) -> str:
    # ISO base media: the major brand, or a picture's brand among the compatible ones (AVIF files often say mif1 first).
    compatible = [first[i : i + 4] for i in range(16, min(int.from_bytes(first[:4], "big"), 64), 4)]
    major = first[8:12]
    if major in (b"mif1", b"msf1"):
        return next((_BRANDS[brand] for brand in compatible if brand in (b"avif", b"avis")), "image/heif")
    return _BRANDS.get(major, "video/mp4")


def _is_bitmap(first: bytes) -> bool:
    # "BM" alone begins many an English text; the size of the second header tells.
    return first.startswith(b"BM") and int.from_bytes(first[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)


def looks_like_html(first: bytes, content_type: str | None) -> bool:
    """Whether a browser would show this as a page: by its beginning, or by the server's word where bytes allow it."""
    if media_type(first) is not None:
        return False
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0c\0").lower()
    if start.startswith(_HTML_STARTS) or (start.startswith(b"<?xml") and b"<html" in start):
        return True
    said = (content_type or "").partition(";")[0].strip().lower()
    return said in _HTML_TYPES


def is_picture(kind: str | None) -> bool:
    """Whether a media type of ``media_type`` is a picture's."""
    return kind is not None and kind.startswith("image/")


def is_video(kind: str | None) -> bool:
    """Whether a media type of ``media_type`` is a video's."""
    return kind is not None and kind.startswith("video/")
