"""Every setting: one frozen, typed object, and where each value came from.

Environment before ``hotline.toml`` in the home before the default. Values are parsed at this door, so that nothing
inside asks "is it set right?". The table ``SETTINGS`` is what ``hotline settings`` prints and what
``docs/settings.md`` is tested against.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hotline import settings_parsing as parse
from hotline.errors import HotlineError
from hotline.settings_parsing import Endpoint, ImapServer, Inbox, SigningKeyFile, SmtpServer, Vantage

__all__ = [
    "SETTINGS",
    "Endpoint",
    "ImapServer",
    "Inbox",
    "Origin",
    "Setting",
    "Settings",
    "SigningKeyFile",
    "SmtpServer",
    "Vantage",
    "load",
]

PREFIX: Final = "HOTLINE_"

RULES: Final = "rule"
"""The table of ``hotline.toml`` that is no setting: rules about hosts, which ``takedown.hosting.rule_file`` reads."""

NOTICES: Final = "notices"
"""Another: how notices are to be, which ``hotline.notice_policy`` reads."""


@dataclass(frozen=True)
class Setting:
    """One setting: its name without the prefix, its meaning, its default as text, and how its text is read."""

    name: str
    meaning: str
    default: str | None
    read: Callable[[str], Any]
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name

    @property
    def attribute(self) -> str:
        """The attribute of ``Settings``, and the key in ``hotline.toml``."""
        return self.name.lower()


@dataclass(frozen=True)
class Origin:
    """Where the value of a setting came from, with its text as it may be shown."""

    setting: Setting
    shown: str | None
    source: str


@dataclass(frozen=True)
class Settings:
    """What the operator decided. ``None`` means unset."""

    home: Path
    database_url: str
    key_file: Path
    staff: str | None
    staff_token: str | None
    resolvers: tuple[Endpoint, ...] | None
    dial_map: Path | None
    ca_file: Path | None
    rdap_bootstrap: str | None
    whois: str
    asn_origin: str
    vantages: tuple[Vantage, ...]
    removal_gap: timedelta
    smtp: SmtpServer | None
    mail_from: str | None
    inbox: Inbox | None
    public_url: str
    organisation: str | None
    country: str | None
    smtp_ledger: Path | None
    now: datetime | None
    signing_key: SigningKeyFile | None
    signing_password: str | None
    canary: str | None
    quick_pictures: bool
    origins: tuple[Origin, ...] = ()


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("HOME", "folder for database, keys and indexes", "./var", parse.path),
    Setting("DATABASE_URL", "sqlite:///FILE or postgresql+psycopg://…", None, parse.database_url, secret=True),
    Setting("KEY_FILE", "the key ring, readable by its owner alone", None, parse.path),
    Setting("STAFF", "who acts, where --as is not given", None, parse.words),
    Setting("STAFF_TOKEN", "that person's own credential (homes in earnest)", None, parse.words, secret=True),
    Setting("RESOLVERS", "DNS servers, ip:port,ip:port, asked independently", None, parse.endpoints),
    Setting("DIAL_MAP", "JSON file that diverts practice addresses to loopback", None, parse.path),
    Setting("CA_FILE", "extra trusted certificates, PEM", None, parse.path),
    Setting("RDAP_BOOTSTRAP", "base URL or folder of RFC 9224 files; unset: IANA's", None, parse.words),
    Setting("WHOIS", "the first WHOIS server, host:port", "whois.iana.org:43", parse.host_and_port),
    Setting("ASN_ORIGIN", "DNS suffix of origin look-ups, or a prefix table", "origin.asn.cymru.com", parse.words),
    Setting("VANTAGES", "further places to look from, name=http://… or name=socks5://…", "", parse.vantages),
    Setting("REMOVAL_GAP", "least time between the two looks that make a removal", "6h", parse.duration),
    Setting("SMTP", "smtp://, smtp+starttls:// or smtps:// user:password@host:port", None, parse.smtp, secret=True),
    Setting("MAIL_FROM", "the sender of notices", None, parse.mail_address),
    Setting(
        "INBOX",
        "where answers arrive: maildir:/path or imaps://user:password@host/folder",
        None,
        parse.inbox,
        secret=True,
    ),
    Setting("PUBLIC_URL", "base of links in notices", "http://127.0.0.1:8001", parse.base_url),
    Setting("ORGANISATION", "who signs the notices", None, parse.words),
    Setting("COUNTRY", "the hotline's country, ISO 3166-1 alpha-2", None, parse.country),
    Setting("SMTP_LEDGER", "the mail server's log, by which unknown notices are reconciled", None, parse.path),
    Setting("NOW", "the time that facts are dated by (practice homes only)", None, parse.moment),
    Setting("SIGNING_KEY", "what notices are signed with: openpgp:/path or smime:/path", None, parse.signing_key),
    Setting("SIGNING_PASSWORD", "unlocks that key, where it is locked", None, parse.password, secret=True),
    Setting("CANARY", "a URL of your own by which a fault of ours is told from theirs", None, parse.web_address),
    Setting("QUICK_PICTURES", "decode large JPEG at a smaller scale: yes or no", "no", parse.yes_or_no),
)


def load(environment: Mapping[str, str]) -> Settings:
    """Reads all settings.

    Raises:
        HotlineError: a value cannot be read; the text names the setting, where it was set, and what it should be.
    """
    where, told_by = _find(SETTINGS[0], environment, {}, Path())
    home: Path = _read(SETTINGS[0], where or ".", told_by)
    in_file = _file_values(home / "hotline.toml")
    values: dict[str, Any] = {}
    origins: list[Origin] = []
    for setting in SETTINGS:
        text, source = _find(setting, environment, in_file, home)
        values[setting.attribute] = None if text is None else _read(setting, text, source)
        shown = "(set)" if setting.secret and text and source != "default" else text
        origins.append(Origin(setting, shown, source))
    return Settings(**values, origins=tuple(origins))


def _find(
    setting: Setting, environment: Mapping[str, str], in_file: Mapping[str, str], home: Path
) -> tuple[str | None, str]:
    if environment.get(setting.variable):
        return environment[setting.variable], f"environment ({setting.variable})"
    if setting.attribute in in_file:
        return in_file[setting.attribute], "hotline.toml"
    if setting.name == "DATABASE_URL":
        return f"sqlite:///{home / 'hotline.db'}", "default"
    if setting.name == "KEY_FILE":
        return str(home / "keys.json"), "default"
    return setting.default, "default"


def _read(setting: Setting, text: str, source: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as wrong:
        raise HotlineError(f"{setting.variable} from {source}: {wrong}") from None


def _file_values(file: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as wrong:
        remedy = "make it a file that the hotline's account can read, or take it away"
        raise HotlineError(f"hotline.toml in the home cannot be read ({wrong.strerror}); {remedy}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise HotlineError(f"hotline.toml in the home is not valid TOML: {wrong}; mend that place") from None
    known = {setting.attribute for setting in SETTINGS} - {"home"}
    strangers = sorted(set(table) - known - {RULES, NOTICES})
    if strangers:
        remedy = "rules are written as [[rule]], settings are listed by `hotline settings`"
        raise HotlineError(f"hotline.toml: unknown setting {strangers[0]}; {remedy}")
    return {key: str(value) for key, value in table.items() if key in known}
