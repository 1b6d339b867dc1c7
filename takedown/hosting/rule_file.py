"""The operator's rules, read from ``hotline.toml`` and checked at the door (decision 0020).

A rule that is misread sends a notice to the wrong desk, or sends one that must not leave. So one fault refuses the
whole file, by the number of the rule, what is wrong and what to write instead. No text here repeats a host name.
"""

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from hotline.address import BadUrl, parse_url, registrable_domain
from hotline.errors import HotlineError
from hotline.settings import RULES, SETTINGS
from hotline.words import ContactKind
from takedown.hosting.blocks import Block
from takedown.hosting.mailboxes import mailboxes
from takedown.hosting.rules import Named, Rule, Rules
from takedown.hosting.table_file import read_table

FILE: Final = "hotline.toml"
_SUBJECTS: Final = ("domain", "network", "asn")
_DEEDS: Final = ("provider", "contact", "channel", "do_not_notify", "also_notify")
_KEYS: Final = ("author", "reason", *_SUBJECTS, *_DEEDS)
_DECIDES: Final = ("provider", "contact", "channel")
"""What only one rule about the same thing may say."""
_LARGEST_ASN: Final = 2**32 - 1
_SHORTEST_PREFIX: Final = {4: 8, 6: 16}
"""No provider has a larger network; a shorter prefix is a slip of the pen."""


def rules_of(home: Path) -> Rules:
    """The rules of a home; read again when the file has changed.

    Raises:
        HotlineError: a rule is wrong; the text says which, how, and what to write.
    """
    file = home / FILE
    try:
        found = file.stat()
    except OSError:
        return Rules()
    return _read(file, found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=8)
def _read(file: Path, changed_at: int, size: int, inode: int) -> Rules:
    return parse_rules(read_table(file.parent, file.name) or "")


def parse_rules(text: str) -> Rules:
    """Reads the rules of a file; what else stands in it is the settings' own.

    Raises:
        HotlineError: no TOML, or a rule is wrong.
    """
    try:
        entries = tomllib.loads(text).get(RULES, [])
    except tomllib.TOMLDecodeError as wrong:
        raise HotlineError(f"{FILE} in the home is not valid TOML: {wrong}; mend that place") from None
    if not isinstance(entries, list):
        raise HotlineError(f"{FILE}: begin each rule with [[rule]], in double brackets")
    found: list[Rule] = []
    for number, entry in enumerate(entries, 1):
        try:
            rule = _rule(number, entry)
            _refuse_twice(rule, found)
        except ValueError as wrong:
            raise HotlineError(f"{FILE}, rule {number}: {wrong}") from None
        found.append(rule)
    return Rules(tuple(found))


def _rule(number: int, entry: Any) -> Rule:
    if not isinstance(entry, dict):
        raise ValueError("not a table; begin each rule with [[rule]]")
    _refuse_strangers(entry)
    author, reason = _author(entry), _text(entry, "reason", "say why, for whoever finds the rule in a year")
    subject = _only_one(entry)
    if not any(deed in entry for deed in _DEEDS):
        raise ValueError(f"it does nothing; write at least one of {', '.join(_DEEDS)}")
    contact, kind = _contact(entry["contact"]) if "contact" in entry else (None, ContactKind.EMAIL)
    forbidden = entry.get("do_not_notify")
    rule = Rule(
        number=number,
        author=author,
        reason=reason,
        **{subject: _SUBJECT_READERS[subject](entry[subject])},
        provider=_provider(entry["provider"]) if "provider" in entry else None,
        contact=contact,
        contact_kind=kind,
        channel=_channel(entry["channel"]) if "channel" in entry else None,
        silent=forbidden is True,
        never=_forbidden(forbidden) if "do_not_notify" in entry else (),
        also=_addresses(entry["also_notify"], "also_notify") if "also_notify" in entry else (),
    )
    _refuse_addresses(rule)
    _refuse_contradictions(rule)
    return rule


def _refuse_strangers(entry: dict[str, Any]) -> None:
    strangers = sorted(set(entry) - set(_KEYS))
    if not strangers:
        return
    if strangers[0] in {setting.attribute for setting in SETTINGS}:
        raise ValueError(f"{strangers[0]} is a setting; settings stand before the first [[rule]]")
    raise ValueError(f"{strangers[0][:40]} is no key; there are {', '.join(_KEYS)}")


def _author(entry: dict[str, Any]) -> str:
    author = _text(entry, "author", "the name of whoever answers for the rule")
    if not re.fullmatch(r"[\w][\w .'-]{0,63}", author):
        raise ValueError("author must be a name: letters, digits, space, . ' and -, at most 64")
    return author


def _text(entry: dict[str, Any], key: str, what: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be there, a text: {what}")
    return " ".join(value.split())


def _only_one(entry: dict[str, Any]) -> str:
    found = [subject for subject in _SUBJECTS if subject in entry]
    if len(found) != 1:
        has = " and ".join(found) or "none of them"
        raise ValueError(f"it must be about one of {', '.join(_SUBJECTS)}; there is {has}")
    return found[0]


def _domain(value: Any) -> str:
    plain = value.strip().lower().rstrip(".") if isinstance(value, str) else ""
    if "*" in plain or plain.startswith("."):
        raise ValueError("domain means the name and everything below it; leave out * and the dot before it")
    try:
        url = parse_url(f"http://{plain}/")
    except BadUrl:
        raise ValueError('domain must be a host name without scheme or path: domain = "host.example"') from None
    if url.ip is not None:
        raise ValueError('domain is an address; write network = "198.51.100.7"')
    if url.text != f"http://{url.host}/" or "/" in plain:
        raise ValueError('domain must be a host name without scheme, port or path: domain = "host.example"')
    if registrable_domain(url.host) is None:
        raise ValueError("domain is a suffix under which everybody may register; name one domain below it")
    return url.host


def _network(value: Any) -> Block:
    try:
        found = ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError('network must be a prefix without host bits: network = "198.51.100.0/24"') from None
    if found.prefixlen < _SHORTEST_PREFIX[found.version]:
        raise ValueError(f"network is too wide; the shortest prefix is /{_SHORTEST_PREFIX[found.version]}")
    return found


def _asn(value: Any, key: str = "asn") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST_ASN:
        raise ValueError(f"{key} must be a plain number: asn = 64500")
    return value


_SUBJECT_READERS: Final[dict[str, Callable[[Any], Any]]] = {"domain": _domain, "network": _network, "asn": _asn}


def _provider(value: Any) -> Named:
    if not isinstance(value, dict) or not value or set(value) - {"name", "asn", "country"}:
        raise ValueError('provider must be a table: provider = { name = "…", asn = 64500, country = "NL" }')
    name, country = value.get("name"), value.get("country")
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise ValueError("provider: name must be a text")
    if country is not None and not (isinstance(country, str) and re.fullmatch(r"[A-Za-z]{2}", country)):
        raise ValueError('provider: country must be a code of two letters: country = "NL"')
    asn = _asn(value["asn"], "provider: asn") if "asn" in value else None
    return Named(" ".join(name.split()) if name else None, asn, country.upper() if country else None)


def _contact(value: Any) -> tuple[str, ContactKind]:
    if isinstance(value, str) and value.strip().lower().startswith("https://"):
        try:
            parse_url(value)
        except BadUrl as wrong:
            raise ValueError(f"contact is no form that can be opened: {wrong}") from None
        return value.strip(), ContactKind.FORM
    return _address(value, "contact", " or the address of a form: https://…"), ContactKind.EMAIL


def _address(value: Any, key: str, also: str = "") -> str:
    found = mailboxes(value) if isinstance(value, str) else ()
    if len(found) != 1 or found[0].lower() != value.strip().lower():
        raise ValueError(f"{key} must be one plain mail address{also}")
    return found[0]


def _addresses(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f'{key} must be a list of mail addresses: {key} = ["desk@host.example"]')
    found = {address.lower(): address for address in (_address(each, f"each of {key}") for each in value)}
    return tuple(found.values())


def _forbidden(value: Any) -> tuple[str, ...]:
    if value is True:
        return ()
    if not isinstance(value, list):
        raise ValueError("do_not_notify must be true, or a list of the addresses that are never asked")
    return _addresses(value, "do_not_notify")


def _channel(value: Any) -> ContactKind:
    if value not in [each.value for each in ContactKind]:
        raise ValueError(f"channel must be one of {', '.join(each.value for each in ContactKind)}")
    return ContactKind(value)


def _refuse_addresses(rule: Rule) -> None:
    if "@" in rule.reason or "://" in rule.reason or (rule.domain and rule.domain in rule.reason.lower()):
        raise ValueError("reason must name no address and no host: it is printed where those are withheld")


def _refuse_contradictions(rule: Rule) -> None:
    never = {each.lower() for each in rule.never}
    if rule.silent and (rule.contact or rule.channel or rule.also):
        raise ValueError("do_not_notify = true tells nobody; leave out contact, channel and also_notify")
    if rule.contact and rule.channel and rule.contact_kind is not rule.channel:
        raise ValueError(f"channel {rule.channel.value} does not fit its own contact; change one of them")
    if rule.contact and rule.contact.lower() in never:
        raise ValueError("its contact stands in its own do_not_notify; take it out of one of them")
    if never & {each.lower() for each in rule.also}:
        raise ValueError("an address stands in also_notify and in do_not_notify; take it out of one of them")


def _refuse_twice(rule: Rule, before: list[Rule]) -> None:
    """Two words on the same thing: whichever held, somebody meant the other."""
    for other in before:
        for deed in _DECIDES:
            if other.subject == rule.subject and getattr(other, deed) and getattr(rule, deed):
                raise ValueError(f"rule {other.number} names a {deed} for the same {rule.subject[0]}; keep one of them")
