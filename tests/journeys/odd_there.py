"""Hosts on which it is as before, whatever they say, or at another address."""

import gzip
import secrets
from collections.abc import Callable
from typing import Final

from aiohttp import web
from little_pictures import Picture
from odd import (
    CHANGED,
    GONE,
    MOVED,
    ONLINE,
    UNCLEAR,
    Answer,
    Behaves,
    Odd,
    answers,
    blocked_here,
    placeholder,
)
from odd_answers import (
    FILE,
    Visit,
    captioned,
    cropped,
    file,
    greyed,
    html,
    lead,
    mirrored,
    ordinary,
    saved_anew,
    shrunk,
    status,
)


def _in_another_form(make: Callable[[Picture], Picture]) -> Behaves:
    return lambda visit: file(make(visit.picture)) if visit.is_file else ordinary(visit)


def _error_with_the_file(code: int) -> Behaves:
    return lambda visit: file(visit.picture, code) if visit.is_file else ordinary(visit)


def _named(media_type: str, **headers: str) -> Behaves:
    """The file, said to be something else."""
    return lambda visit: (
        web.Response(body=visit.picture.data, headers={"Content-Type": media_type, **headers})
        if visit.is_file
        else ordinary(visit)
    )


def _compressed(visit: Visit) -> Answer:
    headers = {"Content-Type": "image/png", "Content-Encoding": "gzip"}
    return web.Response(body=gzip.compress(visit.picture.data), headers=headers) if visit.is_file else ordinary(visit)


def _album(visit: Visit, *words: str, code: int = 200) -> Answer:
    """The album with more words, never twice with the same bytes."""
    if visit.path == visit.entry:
        shown = f'<img src="{visit.file}" alt="a picture">'
        return html("An album", *words, f"seen {secrets.token_hex(4)}", shown, code=code)
    return ordinary(visit)


def _ever_other_page(visit: Visit) -> Answer:
    return _album(visit, "a talk about shapes and colours")


def _gate_over_the_page(visit: Visit) -> Answer:
    return _album(visit, "Are you over 18?", "<button>I am</button>")


def _refused_page_that_shows_it(visit: Visit) -> Answer:
    return _album(visit, "not for you", code=403)


def _denying_page_that_shows_it(visit: Visit) -> Answer:
    return _album(visit, "a talk about shapes and colours", code=404)


def _only_with(passes: Callable[[Visit], bool], otherwise: Behaves) -> Behaves:
    return lambda visit: ordinary(visit) if passes(visit) or not visit.is_file else otherwise(visit)


def _from_its_page(visit: Visit) -> bool:
    return visit.entry in visit.headers.get("Referer", "")


def _with_its_cookie(visit: Visit) -> bool:
    return visit.cookies.get("seen") == "1"


def _gives_a_cookie(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        answer = ordinary(visit)
        answer.set_cookie("seen", "1")
        return answer
    return _only_with(_with_its_cookie, answers(404))(visit)


def _for_phones(visit: Visit) -> bool:
    return "Mobile" in visit.headers.get("User-Agent", "")


def _as_a_browser(visit: Visit) -> bool:
    return "en" in visit.headers.get("Accept-Language", "") and "image/" in visit.headers.get("Accept", "")


def _page_gone_file_there(visit: Visit) -> Answer:
    return status(404) if visit.path == visit.entry else ordinary(visit)


def _page_with_a_thumbnail(visit: Visit) -> Answer:
    if visit.path == "/t/one.png":
        return file(shrunk(visit.picture))
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", '<img src="/t/one.png" alt="a picture">')
    return status(404)


def _by_turns(visit: Visit) -> Answer:
    return status(404) if visit.is_file and visit.count % 2 else ordinary(visit)


def _hotlink_picture(visit: Visit) -> Answer:
    """A picture that says "not from here" instead of every file, but for who comes from the site's own pages."""
    own = f"//{visit.host}/" in visit.headers.get("Referer", "")
    return ordinary(visit) if own or not visit.path.startswith("/i/") else file(visit.other)


def _hotlink_words(visit: Visit) -> Answer:
    own = f"//{visit.host}/" in visit.headers.get("Referer", "")
    return ordinary(visit) if own or not visit.path.startswith("/i/") else status(404)


def _redirected_to_the_same(visit: Visit) -> Answer:
    return {FILE: lead("/elsewhere/two.png"), "/elsewhere/two.png": file(visit.picture)}.get(
        visit.path, status(404) if visit.path != visit.entry else ordinary(visit)
    )


def _linked_elsewhere(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", '<img src="/i/new.png" alt="a picture">')
    return file(visit.picture) if visit.path == "/i/new.png" else status(404)


def _placeholder_and_linked_elsewhere(visit: Visit) -> Answer:
    return placeholder(visit) if visit.is_file else _linked_elsewhere(visit)


def _denied_by_a_page_that_shows_it(visit: Visit) -> Answer:
    if visit.is_file:
        return html("A picture", "it is not here", '<img src="/i/new.png" alt="a picture">', code=404)
    return file(visit.picture) if visit.path == "/i/new.png" else ordinary(visit)


def _another_picture(visit: Visit) -> Answer:
    return file(visit.other) if visit.is_file else ordinary(visit)


def _another_page(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        return html("Recipes", "soup of beans and carrots", "bread with seeds", "an apple cake for Sundays")
    return status(404)


ROWS: Final = (
    # there as before
    Odd("untouched", ordinary, ONLINE),
    Odd("page-untouched", ordinary, ONLINE, page=True),
    Odd("page-of-ever-other-bytes", _ever_other_page, ONLINE, page=True),
    Odd("page-with-an-age-gate-over-it", _gate_over_the_page, ONLINE, page=True),
    Odd("page-refused-and-shown", _refused_page_that_shows_it, ONLINE, page=True),
    Odd("saved-anew", _in_another_form(saved_anew), ONLINE),
    Odd("made-smaller", _in_another_form(shrunk), ONLINE),
    Odd("greyed", _in_another_form(greyed), ONLINE),
    Odd("with-a-sign-in-a-corner", _in_another_form(captioned), ONLINE | CHANGED),
    Odd("called-a-text", _named("text/plain"), ONLINE),
    Odd("called-a-page", _named("text/html; charset=utf-8"), ONLINE),
    Odd("called-a-download", _named("application/octet-stream", **{"Content-Disposition": "attachment"}), ONLINE),
    Odd("compressed", _compressed, ONLINE),
    Odd("404-with-the-page", _denying_page_that_shows_it, ONLINE, page=True),
    Odd("only-for-a-browser", _only_with(_as_a_browser, answers(404)), ONLINE),
    Odd("cropped-a-little", _in_another_form(cropped), ONLINE | CHANGED),
    Odd("mirrored", _in_another_form(mirrored), ONLINE | CHANGED),
    Odd("404-with-the-file", _error_with_the_file(404), ONLINE),
    Odd("500-with-the-file", _error_with_the_file(500), ONLINE),
    Odd("only-from-its-page", _only_with(_from_its_page, answers(404)), ONLINE),
    Odd("picture-of-theirs-for-who-comes-from-outside", _hotlink_picture, ONLINE, entry=False),
    Odd("404-for-who-comes-from-outside", _hotlink_words, ONLINE, entry=False),
    Odd("only-from-its-page-else-403", _only_with(_from_its_page, answers(403)), ONLINE),
    Odd("only-from-its-page-else-front", _only_with(_from_its_page, lambda visit: lead("/")), ONLINE),
    Odd("only-with-its-cookie", _gives_a_cookie, ONLINE),
    Odd("only-for-phones", _only_with(_for_phones, answers(404)), ONLINE),
    Odd("only-elsewhere", _only_with(lambda visit: visit.elsewhere, answers(404)), ONLINE),
    Odd("only-elsewhere-else-placeholder", _only_with(lambda visit: visit.elsewhere, placeholder), ONLINE),
    Odd("blocked-here-there-elsewhere", _only_with(lambda visit: visit.elsewhere, blocked_here), ONLINE),
    Odd("gone-elsewhere-there-here", _only_with(lambda visit: not visit.elsewhere, answers(410)), ONLINE),
    Odd("page-gone-file-there", _page_gone_file_there, ONLINE),
    Odd("file-gone-thumbnail-there", _page_with_a_thumbnail, ONLINE, page=True),
    Odd("by-turns", _by_turns, ONLINE | UNCLEAR),
    # somewhere else
    Odd("led-to-the-same-file", _redirected_to_the_same, MOVED | ONLINE),
    Odd("linked-under-another-name", _linked_elsewhere, MOVED | GONE, gone=True),
    Odd("placeholder-and-linked-elsewhere", _placeholder_and_linked_elsewhere, MOVED | GONE, gone=True),
    Odd("404-page-that-shows-it", _denied_by_a_page_that_shows_it, MOVED | GONE, gone=True),
    Odd("another-picture", _another_picture, CHANGED),
    Odd("another-page", _another_page, GONE | CHANGED, gone=True, page=True),
)
