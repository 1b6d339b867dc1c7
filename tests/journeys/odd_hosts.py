"""What hosts do when they are asked to remove a file, or pretend to: one small function a behaviour.

Each host shows a picture of its own at ``FILE`` and a page that shows it at ``ENTRY``. After its notice it behaves as
its function says. ``gone`` is the truth: whether the material can no longer be had under its address by anybody.
``allowed`` are the verdicts that are right; "gone" is among them only where that is the truth.
"""

import gzip
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web
from little_pictures import Picture
from odd_answers import (
    FILE,
    Visit,
    captioned,
    cropped,
    cut,
    file,
    greyed,
    hidden,
    home_page,
    html,
    lead,
    mirrored,
    ordinary,
    saved_anew,
    shrunk,
    status,
)

GONE: Final = frozenset({"gone"})
ONLINE: Final = frozenset({"online"})
UNCLEAR: Final = frozenset({"unclear"})
CHANGED: Final = frozenset({"changed"})
MOVED: Final = frozenset({"moved"})

Answer = web.StreamResponse
Behaves = Callable[[Visit], Answer]


@dataclass(frozen=True)
class Odd:
    """A host. ``page``: not the file but the page is what was confirmed. ``denied``, ``failing``: name servers.
    ``leads_to``: the address that its name has afterwards, empty for none.

    ``report``: what the report says of the way (``page``, ``referrer``). ``tls``: it is an https address whose
    certificate has run out afterwards. ``slow``: it costs real time.
    """

    name: str
    after: Behaves
    allowed: frozenset[str]
    gone: bool = False
    page: bool = False
    entry: bool = True
    before: Behaves = ordinary
    denied: frozenset[int] = frozenset()
    failing: frozenset[int] = frozenset()
    leads_to: str | None = None
    path: str = FILE
    tls: bool = False
    slow: bool = False


# ------------------------------------------------------------------ gone, and said so


def _status(code: int) -> Behaves:
    return lambda visit: status(code)


def _only_for_files(other: Behaves) -> Behaves:
    """The pages stay as they were; the files are answered by ``other``."""
    return lambda visit: other(visit) if visit.path.startswith("/i/") else ordinary(visit)


def _wordy_404(visit: Visit) -> Answer:
    return html("Not found", f"There is no {visit.path} here.", "Try our front page.", code=404)


def _redirected_404(visit: Visit) -> Answer:
    return status(404) if visit.path.startswith("/error") else lead("/error/404")


def _status_and_page(code: int, page: Behaves) -> Behaves:
    """The file is answered by a status, its page by ``page``."""
    return lambda visit: page(visit) if visit.path == visit.entry else status(code)


def _page_without_it(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", "one picture was taken down")
    return status(404)


# ------------------------------------------------------------------ gone, and not said so


def _file_removed(visit: Visit) -> Answer:
    return html("File removed", "This file was removed by its owner or for a breach of our terms.")


def _echoing(visit: Visit) -> Answer:
    return html(
        "Nothing here", f"We looked for {visit.path} and found nothing.", f"Request {secrets.token_hex(8)}",
        "Perhaps you would like to search our archive, or write to our desk about what you miss.",
    )  # fmt: skip


def _to_the_front(visit: Visit) -> Answer:
    return home_page() if visit.path == "/" else lead("/")


def _parked(visit: Visit) -> Answer:
    return html(
        f"{visit.host} is for sale", "This domain may be for sale.", "Related searches: garden, travel, insurance",
        f"ref {secrets.token_hex(6)}",
    )  # fmt: skip


def _suspended(visit: Visit) -> Answer:
    if visit.path.startswith("/cgi-sys/"):
        return html("Account suspended", "This account has been suspended.", "Contact your hosting provider.")
    return lead("/cgi-sys/suspendedpage.cgi")


def _suspended_at_once(visit: Visit) -> Answer:
    return html("Account suspended", "This account has been suspended.", "Contact your hosting provider.")


def _seized(visit: Visit) -> Answer:
    return html("This site is closed", "The domain was taken over by the authorities of its country.")


def _placeholder(visit: Visit) -> Answer:
    return file(visit.placeholder)


def _unlisted_placeholder(visit: Visit) -> Answer:
    """A picture that stands for every file that is not there: on no list yet."""
    return file(visit.other) if visit.path.startswith("/i/") else ordinary(visit)


def _this_file_removed(visit: Visit) -> Answer:
    """Says so under this address alone; others are denied."""
    return _file_removed(visit) if visit.is_file else _only_for_files(_status(404))(visit)


def _this_file_to_the_front(visit: Visit) -> Answer:
    return lead("/") if visit.is_file else ordinary(visit)


def _refreshed_to_the_front(visit: Visit) -> Answer:
    if visit.path == "/":
        return home_page()
    return web.Response(
        text='<html><head><meta http-equiv="refresh" content="0; url=/"></head><body>You are led on.</body></html>',
        content_type="text/html",
    )  # fmt: skip


# ------------------------------------------------------------------ there as before


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
    return _only_with(_with_its_cookie, _status(404))(visit)


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


# ------------------------------------------------------------------ somewhere else


def _redirected_to_the_same(visit: Visit) -> Answer:
    return {FILE: lead("/elsewhere/two.png"), "/elsewhere/two.png": file(visit.picture)}.get(
        visit.path, status(404) if visit.path != visit.entry else ordinary(visit)
    )


def _linked_elsewhere(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", '<img src="/i/new.png" alt="a picture">')
    return file(visit.picture) if visit.path == "/i/new.png" else status(404)


def _placeholder_and_linked_elsewhere(visit: Visit) -> Answer:
    return _placeholder(visit) if visit.is_file else _linked_elsewhere(visit)


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


# ------------------------------------------------------------------ nobody can tell


def _login(visit: Visit) -> Answer:
    if visit.path.startswith("/login"):
        return html("Sign in", '<form><input name="u"><input type="password" name="p"></form>')
    return lead(f"/login?next={visit.path}")


def _age_gate(visit: Visit) -> Answer:
    return html("Before you go on", "Are you over 18?", '<a href="/yes">I am</a>')


def _consent_wall(visit: Visit) -> Answer:
    return html("Your privacy", "We and our 842 partners need your consent.", "<button>Accept all</button>")


def _challenge(visit: Visit) -> Answer:
    return html("Just a moment...", "Checking your browser before you go on.", code=403)


def _challenge_200(visit: Visit) -> Answer:
    return html("One step", '<div class="h-captcha" data-sitekey="x"></div><script src="/a.js"></script>')


def _maintenance(visit: Visit) -> Answer:
    return html("Maintenance", "Our site is down for scheduled maintenance.", "We will be back soon.")


def _overloaded(visit: Visit) -> Answer:
    return html("Sorry", "Our server is temporarily unable to service your request.", "Please try again later.")


def _database_fault(visit: Visit) -> Answer:
    return html("Error", "Error establishing a database connection")


def _in_circles(visit: Visit) -> Answer:
    return lead("/i/two.png" if visit.is_file else FILE) if visit.path.startswith("/i/") else ordinary(visit)


def _a_part(visit: Visit) -> Answer:
    if not visit.is_file:
        return ordinary(visit)
    answer = file(cut(visit.picture), 206)
    answer.headers["Content-Range"] = f"bytes 0-{len(answer.body) - 1}/{len(visit.picture.data)}"
    return answer


def _accepted(visit: Visit) -> Answer:
    """Some walls answer 202 and a page that is to be worked through."""
    return html("", "<noscript>x</noscript>", code=202)


def _login_page(visit: Visit) -> Answer:
    return html("Sign in", '<form><input name="u"><input type="password" name="p"></form>')


def _unknown_wall(visit: Visit) -> Answer:
    """Before everything, in words that no list holds."""
    return html("Halt", "Hier geht es nur mit Kennung weiter", '<form><input name="k"><button>Weiter</button></form>')


def _shell_with_words(visit: Visit) -> Answer:
    return web.Response(
        text='<!doctype html><html><head><title>App</title></head><body><div id="root">loading our great gallery of '
        'many many pictures</div><script src="/static/app.js"></script></body></html>',
        content_type="text/html",
    )  # fmt: skip


def _home_for_everything(visit: Visit) -> Answer:
    """No redirect: whatever is not there is answered with the front page, and the albums are as they were."""
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", "one picture was taken down")
    return html("Our pictures", "landscapes and still lives by our members", '<form><input name="q"></form>')


def _hotlink_picture(visit: Visit) -> Answer:
    """A picture that says "not from here" instead of every file, but for who comes from the site's own pages."""
    own = f"//{visit.host}/" in visit.headers.get("Referer", "")
    return ordinary(visit) if own or not visit.path.startswith("/i/") else file(visit.other)


def _hotlink_words(visit: Visit) -> Answer:
    own = f"//{visit.host}/" in visit.headers.get("Referer", "")
    return ordinary(visit) if own or not visit.path.startswith("/i/") else status(404)


def _shell(visit: Visit) -> Answer:
    return web.Response(
        text='<!doctype html><html><head><title>App</title></head><body><div id="root"></div>'
        '<script src="/static/app.js"></script></body></html>',
        content_type="text/html",
    )


def _viewer(visit: Visit) -> Answer:
    """Who asks for a file gets a page that shows it."""
    if visit.path.startswith("/raw/"):
        return file(visit.picture)
    if visit.is_file:
        return html("A picture", "seen 14 times", '<img src="/raw/one.png" alt="a picture">')
    return status(404) if visit.path.startswith("/i/") else ordinary(visit)


def _empty(visit: Visit) -> Answer:
    return web.Response(body=b"", content_type="image/png") if visit.is_file else ordinary(visit)


def _signed(visit: Visit) -> Answer:
    return web.Response(
        status=403, text="<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        content_type="application/xml",
    )  # fmt: skip


def _blocked_here(visit: Visit) -> Answer:
    return html("Forbidden", "Your address has been blocked.", code=403)


def _geo_block(visit: Visit) -> Answer:
    return html("Not here", "This content is not available in your country.")


ODD: Final = (
    # gone, and said so
    Odd("404", _status(404), GONE, gone=True),
    Odd("410", _status(410), GONE, gone=True),
    Odd("451", _status(451), GONE, gone=True),
    Odd("404-of-files-alone", _only_for_files(_status(404)), GONE, gone=True),
    Odd("404-in-many-words", _wordy_404, GONE, gone=True),
    Odd("404-behind-a-redirect", _redirected_404, GONE, gone=True),
    Odd("no-such-name", ordinary, GONE, gone=True, denied=frozenset({0, 1})),
    Odd("page-gone-with-its-file", _status(404), GONE, gone=True, page=True),
    Odd("page-without-the-file", _page_without_it, GONE, gone=True, page=True),
    # gone, and not said so
    Odd("this-file-removed-others-404", _this_file_removed, GONE | CHANGED, gone=True),
    Odd("this-file-led-to-the-front-page", _this_file_to_the_front, GONE | CHANGED | UNCLEAR, gone=True),
    Odd("front-page-for-everything-with-200", _home_for_everything, GONE, gone=True),
    Odd("refreshed-to-the-front-page", _refreshed_to_the_front, GONE, gone=True),
    Odd("file-removed-with-200", _file_removed, GONE, gone=True),
    Odd("nothing-found-with-200-and-an-echo", _echoing, GONE, gone=True),
    Odd("led-to-the-front-page", _to_the_front, GONE, gone=True),
    Odd("parked", _parked, GONE, gone=True),
    Odd("account-suspended", _suspended, GONE, gone=True),
    Odd("account-suspended-in-place", _suspended_at_once, GONE, gone=True, page=True),
    Odd("seized", _seized, GONE, gone=True),
    Odd("placeholder-of-a-list", _placeholder, GONE, gone=True),
    Odd("placeholder-of-no-list", _unlisted_placeholder, GONE | CHANGED, gone=True),
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
    Odd("only-for-a-browser", _only_with(_as_a_browser, _status(404)), ONLINE),
    Odd("cropped-a-little", _in_another_form(cropped), ONLINE | CHANGED),
    Odd("mirrored", _in_another_form(mirrored), ONLINE | CHANGED),
    Odd("404-with-the-file", _error_with_the_file(404), ONLINE),
    Odd("500-with-the-file", _error_with_the_file(500), ONLINE),
    Odd("only-from-its-page", _only_with(_from_its_page, _status(404)), ONLINE),
    Odd("picture-of-theirs-for-who-comes-from-outside", _hotlink_picture, ONLINE, entry=False),
    Odd("404-for-who-comes-from-outside", _hotlink_words, ONLINE, entry=False),
    Odd("only-from-its-page-else-403", _only_with(_from_its_page, _status(403)), ONLINE),
    Odd("only-from-its-page-else-front", _only_with(_from_its_page, lambda visit: lead("/")), ONLINE),
    Odd("only-with-its-cookie", _gives_a_cookie, ONLINE),
    Odd("only-for-phones", _only_with(_for_phones, _status(404)), ONLINE),
    Odd("only-elsewhere", _only_with(lambda visit: visit.elsewhere, _status(404)), ONLINE),
    Odd("only-elsewhere-else-placeholder", _only_with(lambda visit: visit.elsewhere, _placeholder), ONLINE),
    Odd("blocked-here-there-elsewhere", _only_with(lambda visit: visit.elsewhere, _blocked_here), ONLINE),
    Odd("gone-elsewhere-there-here", _only_with(lambda visit: not visit.elsewhere, _status(410)), ONLINE),
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
    # nobody can tell
    Odd("one-name-server-denies", ordinary, ONLINE | UNCLEAR, denied=frozenset({1})),
    Odd("name-servers-fail", ordinary, UNCLEAR, failing=frozenset({0, 1})),
    Odd("one-denies-one-fails", ordinary, UNCLEAR, denied=frozenset({0}), failing=frozenset({1})),
    Odd("name-without-an-address", ordinary, UNCLEAR, leads_to=""),
    Odd("name-leads-into-a-private-network", ordinary, UNCLEAR, leads_to="127.0.0.1"),
    Odd("404-but-its-page-wants-a-login", _status_and_page(404, _login_page), UNCLEAR),
    Odd("404-but-its-page-is-overloaded", _status_and_page(404, _status(503)), UNCLEAR),
    Odd("404-but-its-page-is-refused", _status_and_page(404, _status(403)), UNCLEAR),
    Odd("led-in-circles", _in_circles, UNCLEAR),
    Odd("a-part-that-was-not-asked-for", _a_part, UNCLEAR),
    Odd("202-with-a-task", _accepted, UNCLEAR),
    Odd("204", _status(204), UNCLEAR),
    Odd("304-that-was-not-asked-for", _status(304), UNCLEAR),
    Odd("400", _status(400), UNCLEAR),
    Odd("402", _status(402), UNCLEAR),
    Odd("405", _status(405), UNCLEAR),
    Odd("421", _status(421), UNCLEAR),
    Odd("login", _login, UNCLEAR),
    Odd("age-gate", _age_gate, UNCLEAR),
    Odd("consent-wall", _consent_wall, UNCLEAR),
    Odd("challenge", _challenge, UNCLEAR),
    Odd("challenge-with-200", _challenge_200, UNCLEAR),
    Odd("401", _status(401), UNCLEAR),
    Odd("403", _status(403), UNCLEAR),
    Odd("429", _status(429), UNCLEAR),
    Odd("500", _status(500), UNCLEAR),
    Odd("503", _status(503), UNCLEAR),
    Odd("maintenance-with-200", _maintenance, UNCLEAR),
    Odd("overloaded-with-200", _overloaded, UNCLEAR),
    Odd("database-fault-with-200", _database_fault, UNCLEAR),
    Odd("wall-in-words-of-no-list", _unknown_wall, UNCLEAR),
    Odd("shell-of-scripts-with-words", _shell_with_words, UNCLEAR),
    Odd("shell-of-scripts", _shell, UNCLEAR),
    Odd("viewer-instead-of-the-file", _viewer, CHANGED | MOVED),
    Odd("empty-with-200", _empty, UNCLEAR | CHANGED),
    Odd("signed-address-has-run-out", _only_for_files(_signed), UNCLEAR),
    Odd("not-in-your-country-with-200", _geo_block, UNCLEAR),
    Odd("404-here-refused-elsewhere", lambda visit: _blocked_here(visit) if visit.elsewhere else status(404), UNCLEAR),
    Odd("cut-short", partial(hidden, "short"), UNCLEAR),
    Odd("broken-off", partial(hidden, "reset"), UNCLEAR),
    Odd("no-answer", partial(hidden, "silent"), UNCLEAR, slow=True),
    Odd("stops-in-the-middle", partial(hidden, "stalls"), UNCLEAR, slow=True),
    Odd("certificate-has-run-out", ordinary, UNCLEAR, tls=True),
)
