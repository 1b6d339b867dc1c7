"""What ``hotline doctor`` looks for: each finding with its remedy."""

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from commands.doctor_states import Finding, State
from hotline.errors import HotlineError
from hotline.home import Home, open_home
from hotline.settings import PREFIX, SETTINGS, Settings
from notices.laws import what_is_wrong
from notices.maildir import folder_of
from notices.signing import why_unsigned
from takedown.hosting.table_faults import faults, strays

_PACKAGES: Final = ("scrapy", "aiohttp", "numpy", "pillow", "sqlmodel", "alembic", "cryptography", "ipwhois")


def findings(settings: Settings, environment: Iterable[str] = ()) -> Iterator[Finding]:
    """Each part of the machine, the home and the settings; ``environment``: the names of all variables."""
    yield _python()
    packages = [_package(package) for package in _PACKAGES]
    yield from packages
    yield _sandbox()
    home, kind = _home(settings)
    yield kind
    yield from _tables(settings)
    yield _wording(settings)
    yield _signing_key(settings)
    yield from _strangers(environment)
    yield _resolvers(settings)
    yield _setting("mail server", settings.smtp, "set HOTLINE_SMTP; until then notices stay queued")
    yield _setting("sender", settings.mail_from, "set HOTLINE_MAIL_FROM")
    yield _setting("who signs", settings.organisation and settings.country, "set HOTLINE_ORGANISATION, HOTLINE_COUNTRY")
    yield _public_url(settings)
    yield _inbox(settings)
    yield _ledger(settings)
    if home is not None and all(state is State.OK for _, state, _ in packages):
        yield from _servers(home)


def _python() -> Finding:
    fine = sys.version_info >= (3, 11)
    return "Python", State.OK if fine else State.MISSING, "" if fine else "install Python 3.11 or later"


def _package(name: str) -> Finding:
    try:
        return name, State.OK, f"version {version(name)}"
    except PackageNotFoundError:
        return name, State.MISSING, "run make setup"


def _home(settings: Settings) -> tuple[Home | None, Finding]:
    try:
        home = open_home(settings)
    except HotlineError as wrong:
        return None, ("home", State.MISSING, str(wrong))
    return home, ("home", State.OK, f"kind: {home.kind.value}")


def _servers(home: Home) -> list[Finding]:
    import asyncio

    from commands.doctor_servers import tried

    return asyncio.run(tried(home))


def _tables(settings: Settings) -> Iterator[Finding]:
    found = faults(settings.home)
    yield from (("tables", State.WRONG, f"nobody is asked: {fault}") for fault in found)
    yield from (("tables", State.UNSURE, stray) for stray in strays(settings.home))
    if not found:
        yield "tables", State.OK, ""


def _wording(settings: Settings) -> Finding:
    fault = what_is_wrong(settings.home)
    return "notices", State.WRONG if fault else State.OK, f"nothing is written: {fault}" if fault else ""


def _signing_key(settings: Settings) -> Finding:
    if settings.signing_key is None:
        return (
            "signing key",
            State.UNSET,
            "set HOTLINE_SIGNING_KEY; without it a notice can be forged",
        )
    fault = why_unsigned(settings)
    return "signing key", State.WRONG if fault else State.OK, f"notices leave unsigned: {fault}" if fault else ""


def _strangers(environment: Iterable[str]) -> Iterator[Finding]:
    known = {setting.variable for setting in SETTINGS}
    for name in sorted(each for each in environment if each.startswith(PREFIX) and each not in known):
        yield "settings", State.UNSURE, f"{name} is no setting; `hotline settings` lists them"


def _resolvers(settings: Settings) -> Finding:
    if len(settings.resolvers or ()) >= 2:
        return "resolvers", State.OK, ""
    return "resolvers", State.UNSET, "set two in HOTLINE_RESOLVERS; a name counts as gone only when two say so"


def _public_url(settings: Settings) -> Finding:
    if "//127.0.0.1" not in settings.public_url:
        return "answer link", State.OK, ""
    return "answer link", State.UNSET, "set HOTLINE_PUBLIC_URL; hosts cannot open a link to this machine's loopback"


def _inbox(settings: Settings) -> Finding:
    if settings.inbox is None:
        return "inbox", State.UNSET, "set HOTLINE_INBOX; until then bounces go unseen"
    if settings.inbox.server is not None:
        return "inbox", State.OK, "by IMAP"
    try:
        folder_of(settings)
    except HotlineError as wrong:
        return "inbox", State.WRONG, str(wrong)
    return "inbox", State.OK, ""


def _ledger(settings: Settings) -> Finding:
    file = settings.smtp_ledger
    if file is None:
        return "ledger", State.UNSET, "set HOTLINE_SMTP_LEDGER; until then an unknown notice needs a person"
    try:
        file.open("rb").close()
    except OSError as wrong:
        return "ledger", State.WRONG, f"HOTLINE_SMTP_LEDGER: {file} cannot be read ({wrong.strerror}); check the path"
    return "ledger", State.OK, ""


def _setting(part: str, value: object, remedy: str) -> Finding:
    return part, State.OK if value else State.UNSET, "" if value else remedy


def _sandbox() -> Finding:
    try:
        version("pyseccomp")
    except PackageNotFoundError:
        return "decoder sandbox", State.MISSING, "run make setup (pyseccomp)"
    return "decoder sandbox", State.OK, "limits, seccomp"
