"""What the tests of operators' rules share: rules about one site, and what is asked and told of it."""

import json
from dataclasses import replace
from typing import Any

from takedown_builders import (
    REGISTRAR,
    UPSTREAM,
    URL,
    contact,
    decided,
    located,
    opened,
    rows,
    sent,
)

from hotline import records
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.records import AuditLeaf, Case
from notices import queueing
from takedown import findings, ordering
from takedown.asking import Request
from takedown.clearance import Withheld

DESK, SECOND = "abuse@desk.example", "second@desk.example"
LADDER = (contact(), contact(UPSTREAM, "upstream"), contact(REGISTRAR, "registrar"))
WORDS = 'author = "ana"\nreason = "agreed by telephone"\n'


def signed(home: Home) -> Home:
    """A home in which it is set who signs the notices."""
    settings = replace(home.settings, mail_from="notice@hotline.example", organisation="A hotline", country="NL")
    return replace(home, settings=settings)


def ruled(home: Home, *rules: str, on: str = 'domain = "meadow.example"') -> None:
    """Writes rules about the site of these tests; each is given as lines of TOML."""
    text = "".join(f"[[rule]]\n{WORDS}{on}\n{each}\n" for each in rules)
    (home.settings.home / "hotline.toml").write_text(text, encoding="utf-8")


def ready(home: Home, url: str = URL, *contacts: dict[str, Any], **more: Any) -> int:
    number = opened(home, url)
    located(home, number, *contacts, **more)
    return number


def request(home: Home, number: int) -> Request:
    answer = decided(home, number)
    assert isinstance(answer, Request), answer
    return answer


def why(home: Home, number: int) -> str:
    answer = decided(home, number)
    assert isinstance(answer, Withheld), answer
    return answer.reason


def asked_in_turn(home: Home, number: int) -> list[str]:
    with home.session() as session:
        finding = findings.newest(home, session, session.get_one(Case, number))
        assert finding is not None
        return [each.address for each in findings.ladder(home, session, finding)]


def orders(home: Home, *numbers: int) -> list[NoticeOrder]:
    requests = [request(home, number) for number in numbers]
    with home.session() as session:
        return ordering.orders(home, session, requests, dict.fromkeys(numbers, ("http://meadow.example/page",)))


def queue_all(home: Home, *numbers: int) -> dict[str, int]:
    """Queues what is to be sent about these cases; the notices by recipient."""
    with home.session() as session:
        return {order.to: queueing.queue(home, session, order).number for order in orders(home, *numbers)}


def send_all(home: Home, *numbers: int) -> dict[str, int]:
    queued = queue_all(home, *numbers)
    for notice in queued.values():
        sent(home, notice)
    return queued


def mandate(home: Home, text: str) -> None:
    with home.session() as session:
        row = records.Mandate(at=home.now())
        home.vault.write(row, "text", text)
        session.add(row)


def audited(home: Home, deed: str) -> list[dict[str, Any]]:
    with home.reading() as session:
        return [json.loads(home.vault.text(leaf, "detail")) for leaf in rows(session, AuditLeaf, deed=deed)]


def snapshot(home: Home, number: int) -> dict[str, Any]:
    with home.reading() as session:
        return findings.history(home, session, session.get_one(Case, number))[-1]
