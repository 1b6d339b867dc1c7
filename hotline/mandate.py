"""The mandate: what law and the operator allow (DESIGN.md, "Words").

May links be followed, and for each hosting country: do notices go directly, through its hotline, or not at all, and
how long do the police have first. Without a mandate nothing is followed and nobody is notified.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session, col, select

from hotline import records
from hotline.clock import parse_time
from hotline.errors import HotlineError
from hotline.vault import Vault
from hotline.words import HomeKind


class Way(StrEnum):
    """How a hosting country wants to be asked."""

    DIRECT = "direct"
    REFERRAL = "referral"
    NONE = "none"


@dataclass(frozen=True)
class CountryRule:
    """What is allowed towards providers of one country.

    ``new_material``: how long material that stands on no list waits for the authority's word.
    """

    notify: Way
    police_first: timedelta = timedelta(0)
    legal_basis: str | None = None
    new_material: timedelta = timedelta(0)


@dataclass(frozen=True)
class Mandate:
    """What is allowed. ``countries`` maps ISO 3166-1 alpha-2, or ``*``, to its rule.

    ``ask_own_domain``: a contact on the site's own domain is asked like any other, without a person's word.
    """

    follow_links: bool = False
    legal_basis: str | None = None
    expires: datetime | None = None
    countries: dict[str, CountryRule] = field(default_factory=dict)
    ask_own_domain: bool = False

    def rule(self, country: str | None) -> CountryRule | None:
        """The rule for a hosting country; an unknown country falls under ``*``."""
        return self.countries.get((country or "*").upper()) or self.countries.get("*")

    def may_follow(self, now: datetime) -> bool:
        """Whether the crawl may follow links at this moment."""
        return self.follow_links and (self.expires is None or now < self.expires)


NONE_YET: Final = Mandate()
PRACTICE: Final = Mandate(True, "practice", None, {"*": CountryRule(Way.DIRECT)}, ask_own_domain=True)


def parse(text: str, kind: HomeKind) -> Mandate:
    """Reads the TOML of a mandate; nothing unknown is passed over, for a misspelt key must not become a permission.

    Raises:
        HotlineError: names the key and what is expected.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"the mandate is not valid TOML: {wrong}") from None
    _refuse_strangers("the mandate", table, {"crawl", "country", "notice"})
    crawl = _table(table, "crawl")
    _refuse_strangers("[crawl]", crawl, {"follow_links", "legal_basis", "expires"})
    follow = crawl.get("follow_links", False)
    if not isinstance(follow, bool):
        raise HotlineError("[crawl] follow_links must be true or false")
    basis, expires = _text(crawl, "[crawl]", "legal_basis"), _moment(crawl.get("expires"))
    if follow and kind is HomeKind.EARNEST and not (basis and expires):
        raise HotlineError(
            "[crawl] follow_links = true needs a legal_basis and an expires; links are not followed without"
        )
    countries = _table(table, "country")
    rules = {code.upper(): _rule(code, rule) for code, rule in countries.items()}
    if len(rules) < len(countries):
        raise HotlineError("[country]: a country stands there twice, in capitals and in small letters")
    return Mandate(follow, basis, expires, rules, _own_domain(table, kind))


def _own_domain(table: dict[str, Any], kind: HomeKind) -> bool:
    notice = _table(table, "notice")
    _refuse_strangers("[notice]", notice, {"ask_own_domain"})
    allowed = notice.get("ask_own_domain", kind is HomeKind.PRACTICE)
    if not isinstance(allowed, bool):
        raise HotlineError("[notice] ask_own_domain must be true or false")
    return allowed


def _rule(code: str, rule: Any) -> CountryRule:
    place = f'[country."{code}"]'
    if not (code == "*" or (len(code) == 2 and code.isascii() and code.isalpha())):
        raise HotlineError(f"{place}: expected a country code of two letters, or *")
    if not isinstance(rule, dict):
        raise HotlineError(f"{place} must be a table")
    _refuse_strangers(place, rule, {"notify", "police_first_hours", "new_material_hours", "legal_basis"})
    if rule.get("notify") not in list(Way):
        raise HotlineError(f"{place} notify must be one of: {', '.join(Way)}")
    police, new = (_hours(rule, place, name) for name in ("police_first_hours", "new_material_hours"))
    return CountryRule(Way(rule["notify"]), police, _text(rule, place, "legal_basis"), new)


def _hours(rule: dict[str, Any], place: str, name: str) -> timedelta:
    hours = rule.get(name, 0)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours < 24 * 366:
        raise HotlineError(f"{place} {name} must be a number of hours, 0 or more")
    return timedelta(hours=hours)


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    part = table.get(name, {})
    if not isinstance(part, dict):
        raise HotlineError(f"[{name}] must be a table")
    return part


def _text(table: dict[str, Any], place: str, name: str) -> str | None:
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise HotlineError(f"{place} {name} must be text")
    return value


def _refuse_strangers(place: str, table: dict[str, Any], known: set[str]) -> None:
    strangers = sorted(set(table) - known)
    if strangers:
        raise HotlineError(f"{place}: unknown key {strangers[0]}; known are: {', '.join(sorted(known))}")


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        return parse_time(str(value))
    except (ValueError, OverflowError):
        raise HotlineError("[crawl] expires must be a date or a time, such as 2031-01-01") from None


def current(session: Session, vault: Vault, kind: HomeKind) -> Mandate:
    """The mandate in force: the newest import; a permissive one in practice homes; none in earnest."""
    row = session.exec(select(records.Mandate).order_by(col(records.Mandate.id).desc()).limit(1)).first()
    if row is not None:
        return parse(vault.text(row, "text"), kind)
    return PRACTICE if kind is HomeKind.PRACTICE else NONE_YET
