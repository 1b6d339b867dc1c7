"""The operator's rules over what is kept: read with every finding, and audited when they come, change or go."""

from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from hotline.home import Home
from hotline.records import SchemaMeta, Staff
from takedown.contacts import Refusals
from takedown.hosting.rule_file import FILE, rules_of
from takedown.hosting.ruled import read_back, shaped
from takedown.hosting.rules import Rule, Rules, Say
from takedown.hosting.sites import sites_of

_AUDITED: Final = "rules"
"""Where the database keeps the digest of the rules that stand in the audit log."""


def read(home: Home, found: dict[str, Any]) -> tuple[dict[str, Any], Say]:
    """A finding in the contract's form as the rules have it, and what they say; ``found`` is what was kept.

    Raises:
        HotlineError: a rule cannot be read; nothing is decided by the others then.
    """
    rules = rules_of(home.settings.home)
    if not rules.rules:
        return plain(found), Say()
    finding = read_back(found)
    sites = sites_of(home.settings.home)
    refused = Refusals(holders=finding.holders, is_owner=lambda address: sites.is_owner(address, finding.host))
    say = rules.on(finding, refused.is_holder)
    return (shaped(finding, say).as_json() if say.rules else plain(found)), say


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """What was kept of a finding in the contract's form: without the holders, who are shown to nobody."""
    return {key: value for key, value in found.items() if key != "holders"}


def note(home: Home, session: Session) -> None:
    """Rules that are not those of the last time are audited, in the transaction of the deed that meets them first."""
    rules = rules_of(home.settings.home)
    row = session.get(SchemaMeta, _AUDITED)
    if rules.digest == (row.value if row else ""):
        return
    if row is None and not _is_first(session, rules):
        return
    if row is not None:
        row.value = rules.digest
        session.add(row)
    told = [{"rule": each.number, "digest": each.digest, **each.as_json()} for each in rules.rules]
    home.record(session, "system", "rules:hosting:changed", "rules", digest=rules.digest or None, rules=told)


def _is_first(session: Session, rules: Rules) -> bool:
    """Whether no other process has audited rules for the first time at this very moment."""
    try:
        with session.begin_nested():
            session.add(SchemaMeta(name=_AUDITED, value=rules.digest))
    except IntegrityError:
        return False
    return True


def audited(say: Say) -> dict[str, Any]:
    """The rules that had a part in a deed, for its audit entry; nothing where none had."""
    return {"rules": [each.as_json() for each in say.marks]} if say.marks else {}


def listing(home: Home, session: Session, shown: bool) -> list[dict[str, Any]]:
    """The rules as they are understood, in the order of the file; without addresses unless they are ``shown``."""
    rows = []
    for rule in rules_of(home.settings.home).rules:
        told = {"rule": rule.number, "digest": rule.digest, "staff": _is_of_staff(session, rule), **rule.as_json()}
        rows.append(told if shown else told | _hidden(told))
    return rows


def _hidden(told: dict[str, Any]) -> dict[str, Any]:
    """``null`` where an address would stand, and for lists the number of addresses as so many ``null``.

    ``withheld`` names the keys that say something which is not shown: ``null`` alone may mean that nothing is said.
    """
    lists = {key: told[key] for key in ("do_not_notify", "also_notify") if isinstance(told[key], list)}
    hidden: dict[str, Any] = {key: [None] * len(value) for key, value in lists.items()} | {"contact": None}
    hidden |= {"subject": None} if told["on"] == "domain" else {}
    return hidden | {"withheld": sorted(key for key in hidden if told[key])}


def checked(home: Home, session: Session) -> dict[str, Any]:
    """How many rules there are, and what a person should look at."""
    rules = rules_of(home.settings.home)
    strangers = (each for each in rules.rules if not _is_of_staff(session, each))
    problems = [
        f"{FILE}, rule {each.number}: no member of staff is or was named {each.author}; name who answers for it"
        for each in strangers
    ]
    return {"rules": len(rules.rules), "digest": rules.digest or None, "problems": problems}


def _is_of_staff(session: Session, rule: Rule) -> bool:
    return session.exec(select(Staff.id).where(Staff.name == rule.author)).first() is not None
