"""Hosts on which it is gone, and how they say so, or do not."""

import secrets
from typing import Final

from aiohttp import web
from odd import (
    CHANGED,
    GONE,
    UNCLEAR,
    Answer,
    Odd,
    answers,
    only_for_files,
    placeholder,
)
from odd_answers import Visit, file, home_page, html, lead, ordinary, status


def _wordy_404(visit: Visit) -> Answer:
    return html("Not found", f"There is no {visit.path} here.", "Try our front page.", code=404)


def _redirected_404(visit: Visit) -> Answer:
    return status(404) if visit.path.startswith("/error") else lead("/error/404")


def _page_without_it(visit: Visit) -> Answer:
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", "one picture was taken down")
    return status(404)


def _home_for_everything(visit: Visit) -> Answer:
    """No redirect: whatever is not there is answered with the front page, and the albums are as they were."""
    if visit.path == visit.entry:
        return html("An album", "a talk about shapes and colours", "one picture was taken down")
    return html("Our pictures", "landscapes and still lives by our members", '<form><input name="q"></form>')


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


def _unlisted_placeholder(visit: Visit) -> Answer:
    """A picture that stands for every file that is not there: on no list yet."""
    return file(visit.other) if visit.path.startswith("/i/") else ordinary(visit)


def _this_file_removed(visit: Visit) -> Answer:
    """Says so under this address alone; others are denied."""
    return _file_removed(visit) if visit.is_file else only_for_files(answers(404))(visit)


def _this_file_to_the_front(visit: Visit) -> Answer:
    return lead("/") if visit.is_file else ordinary(visit)


def _refreshed_to_the_front(visit: Visit) -> Answer:
    if visit.path == "/":
        return home_page()
    return web.Response(
        text='<html><head><meta http-equiv="refresh" content="0; url=/"></head><body>You are led on.</body></html>',
        content_type="text/html",
    )  # fmt: skip


ROWS: Final = (
    # gone, and said so
    Odd("404", answers(404), GONE, gone=True),
    Odd("410", answers(410), GONE, gone=True),
    Odd("451", answers(451), GONE, gone=True),
    Odd("404-of-files-alone", only_for_files(answers(404)), GONE, gone=True),
    Odd("404-in-many-words", _wordy_404, GONE, gone=True),
    Odd("404-behind-a-redirect", _redirected_404, GONE, gone=True),
    Odd("no-such-name", ordinary, GONE, gone=True, denied=frozenset({0, 1})),
    Odd("page-gone-with-its-file", answers(404), GONE, gone=True, page=True),
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
    Odd("placeholder-of-a-list", placeholder, GONE, gone=True),
    Odd("placeholder-of-no-list", _unlisted_placeholder, GONE | CHANGED, gone=True),
)
