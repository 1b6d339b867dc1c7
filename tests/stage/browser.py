"""Debian's Chromium, driven by Playwright. Where it is missing that is an error, with the remedy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser")


def chromium() -> str:
    """Where the browser is."""
    found = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if found is None:
        raise RuntimeError("Chromium is missing: `make setup-tests` brings it (Debian's package chromium)")
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser that resolves no name, so that a page that wants to load something from elsewhere fails to."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-dev-shm-usage"],
        )
        try:
            yield browser
        finally:
            browser.close()
