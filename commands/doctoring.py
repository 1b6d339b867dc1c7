"""What ``hotline doctor`` looks for: each finding with its remedy."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from hotline.errors import HotlineError
from hotline.home import open_home
from hotline.settings import Settings

Finding = tuple[str, str, str]

_PACKAGES: Final = ("scrapy", "aiohttp", "pdqhash", "pillow", "sqlmodel", "alembic", "cryptography", "ipwhois")


def findings(settings: Settings) -> Iterator[Finding]:
    """Each part of the machine and the settings: (part, ``ok``, ``missing`` or ``unset``, remedy)."""
    yield _python()
    for package in _PACKAGES:
        yield _package(package)
    yield _home(settings)
    yield _resolvers(settings)
    yield _setting("mail server", settings.smtp, "set HOTLINE_SMTP; until then notices stay queued")
    yield _setting("sender", settings.mail_from, "set HOTLINE_MAIL_FROM")
    yield _setting("signature", settings.organisation and settings.country, "set HOTLINE_ORGANISATION, HOTLINE_COUNTRY")
    yield _public_url(settings)
    yield _setting("inbox", settings.inbox, "set HOTLINE_INBOX; until then bounces go unseen")
    yield _setting(
        "ledger", settings.smtp_ledger, "set HOTLINE_SMTP_LEDGER; until then an unknown notice needs a person"
    )
    yield _sandbox()


def _python() -> Finding:
    fine = sys.version_info >= (3, 11)
    return "Python", "ok" if fine else "missing", "" if fine else "install Python 3.11 or later"


def _package(name: str) -> Finding:
    try:
        return name, "ok", f"version {version(name)}"
    except PackageNotFoundError:
        return name, "missing", "run make setup"


def _home(settings: Settings) -> Finding:
    try:
        return "home", "ok", f"kind: {open_home(settings).kind.value}"
    except HotlineError as wrong:
        return "home", "missing", str(wrong)


def _resolvers(settings: Settings) -> Finding:
    if len(settings.resolvers or ()) >= 2:
        return "resolvers", "ok", ""
    return "resolvers", "unset", "set two in HOTLINE_RESOLVERS; a name counts as gone only when two say so"


def _public_url(settings: Settings) -> Finding:
    if "//127.0.0.1" not in settings.public_url:
        return "answer link", "ok", ""
    return "answer link", "unset", "set HOTLINE_PUBLIC_URL; hosts cannot open a link to this machine's loopback"


def _setting(part: str, value: object, remedy: str) -> Finding:
    return part, "ok" if value else "unset", "" if value else remedy


def _sandbox() -> Finding:
    try:
        version("pyseccomp")
    except PackageNotFoundError:
        return "decoder sandbox", "missing", "run make setup (pyseccomp)"
    return "decoder sandbox", "ok", "limits, seccomp"
