"""Hosts of which nobody can tell."""

from functools import partial
from typing import Final

from aiohttp import web
from odd import CHANGED, MOVED, ONLINE, UNCLEAR, Answer, Behaves, Odd, answers, blocked_here, only_for_files
from odd_answers import FILE, Visit, cut, file, hidden, html, lead, ordinary, status


def _status_and_page(code: int, page: Behaves) -> Behaves:
    """The file is answered by a status, its page by ``page``."""
    return lambda visit: page(visit) if visit.path == visit.entry else status(code)


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


def _this_page_behind_it(visit: Visit) -> Answer:
    """One album behind a wall in words that no list holds; nothing else changed."""
    return _unknown_wall(visit) if visit.path == visit.entry else ordinary(visit)


def _to_nobody(visit: Visit) -> Answer:
    return lead("http://nobody.odd-nowhere.example/")


def _shell_with_words(visit: Visit) -> Answer:
    return web.Response(
        text='<!doctype html><html><head><title>App</title></head><body><div id="root">loading our great gallery of '
        'many many pictures</div><script src="/static/app.js"></script></body></html>',
        content_type="text/html",
    )  # fmt: skip


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


def _geo_block(visit: Visit) -> Answer:
    return html("Not here", "This content is not available in your country.")


ROWS: Final = (
    Odd("one-name-server-denies", ordinary, ONLINE | UNCLEAR, denied=frozenset({1})),
    Odd("name-servers-fail", ordinary, UNCLEAR, failing=frozenset({0, 1})),
    Odd("one-denies-one-fails", ordinary, UNCLEAR, denied=frozenset({0}), failing=frozenset({1})),
    Odd("name-without-an-address", ordinary, UNCLEAR, leads_to=""),
    Odd("name-leads-into-a-private-network", ordinary, UNCLEAR, leads_to="127.0.0.1"),
    Odd("404-but-its-page-wants-a-login", _status_and_page(404, _login_page), UNCLEAR),
    Odd("404-but-its-page-is-overloaded", _status_and_page(404, answers(503)), UNCLEAR),
    Odd("404-but-its-page-is-refused", _status_and_page(404, answers(403)), UNCLEAR),
    Odd("led-in-circles", _in_circles, UNCLEAR),
    Odd("a-part-that-was-not-asked-for", _a_part, UNCLEAR),
    Odd("202-with-a-task", _accepted, UNCLEAR),
    Odd("204", answers(204), UNCLEAR),
    Odd("304-that-was-not-asked-for", answers(304), UNCLEAR),
    Odd("400", answers(400), UNCLEAR),
    Odd("402", answers(402), UNCLEAR),
    Odd("405", answers(405), UNCLEAR),
    Odd("421", answers(421), UNCLEAR),
    Odd("login", _login, UNCLEAR),
    Odd("age-gate", _age_gate, UNCLEAR),
    Odd("consent-wall", _consent_wall, UNCLEAR),
    Odd("challenge", _challenge, UNCLEAR),
    Odd("challenge-with-200", _challenge_200, UNCLEAR),
    Odd("401", answers(401), UNCLEAR),
    Odd("403", answers(403), UNCLEAR),
    Odd("429", answers(429), UNCLEAR),
    Odd("500", answers(500), UNCLEAR),
    Odd("503", answers(503), UNCLEAR),
    Odd("maintenance-with-200", _maintenance, UNCLEAR),
    Odd("overloaded-with-200", _overloaded, UNCLEAR),
    Odd("database-fault-with-200", _database_fault, UNCLEAR),
    Odd("wall-in-words-of-no-list", _unknown_wall, UNCLEAR),
    Odd("page-behind-a-wall-in-words-of-no-list", _unknown_wall, UNCLEAR | CHANGED, page=True),
    Odd("this-page-behind-such-a-wall", _this_page_behind_it, UNCLEAR | CHANGED, page=True),
    Odd("led-to-a-name-that-is-not-there", _to_nobody, UNCLEAR),
    Odd("shell-of-scripts-with-words", _shell_with_words, UNCLEAR),
    Odd("shell-of-scripts", _shell, UNCLEAR),
    Odd("viewer-instead-of-the-file", _viewer, CHANGED | MOVED),
    Odd("empty-with-200", _empty, UNCLEAR | CHANGED),
    Odd("signed-address-has-run-out", only_for_files(_signed), UNCLEAR),
    Odd("not-in-your-country-with-200", _geo_block, UNCLEAR),
    Odd("404-here-refused-elsewhere", lambda visit: blocked_here(visit) if visit.elsewhere else status(404), UNCLEAR),
    Odd("cut-short", partial(hidden, "short"), UNCLEAR),
    Odd("broken-off", partial(hidden, "reset"), UNCLEAR),
    Odd("no-answer", partial(hidden, "silent"), UNCLEAR, slow=True),
    Odd("stops-in-the-middle", partial(hidden, "stalls"), UNCLEAR, slow=True),
    Odd("certificate-has-run-out", ordinary, UNCLEAR, tls=True),
)
