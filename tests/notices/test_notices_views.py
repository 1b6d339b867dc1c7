"""What people and programs are shown of notices, in practice and in earnest."""

import asyncio
from pathlib import Path

import pytest
from notice_builders import (
    DEFERS,
    START,
    FakeSender,
    Told,
    item,
    make_case,
    make_contact,
    make_home,
    make_provider,
    order,
    queue_one,
)

from hotline.errors import HotlineError
from hotline.home import Home
from hotline.words import HomeKind
from notices import inbox, outbox, views

KEYS = [
    "id", "cases", "provider", "to", "role", "language", "round", "escalation", "state", "attempts", "message_id",
    "queued_at", "sent_at", "problem",
]  # fmt: skip


def queue_two_cases(home: Home) -> int:
    with home.session() as session:
        cases = [make_case(home, session, f"http://meadow.example/{n}.png") for n in (1, 2)]
        contact = make_contact(home, session, "abuse@meadow.example")
        provider = make_provider(home, session)
        items = [item(case.number) for case in cases]
        wanted = order(*items, contact_id=contact.number, provider_id=provider.number)
        return outbox.queue(home, session, wanted).number


def test_a_notice_is_listed_as_the_contract_says(home: Home) -> None:
    number = queue_two_cases(home)
    (listed,) = views.list_notices(home)
    assert list(listed) == KEYS
    assert listed["id"] == number and listed["cases"] == [1, 2]
    assert listed["provider"] == {"name": "Meadow Hosting", "asn": 64500, "country": "NL"}
    assert (listed["to"], listed["role"], listed["state"]) == ("abuse@meadow.example", "host", "queued")
    assert (listed["queued_at"], listed["sent_at"], listed["problem"]) == ("2030-01-01T00:00:00Z", None, None)


def test_show_adds_a_message_that_people_can_read(home: Home) -> None:
    shown = views.show(home, queue_two_cases(home))
    assert list(shown) == [*KEYS, "message", "deliveries", "replies"]
    assert shown["message"].startswith("From: Practice hotline <notice@hotline.example>\n")
    assert f"Message-ID: {shown['message_id']}\n" in shown["message"]
    assert "WE ASK YOU TO" in shown["message"]
    assert "xarf_version" not in shown["message"] and "Feedback-Type" not in shown["message"]


def test_in_earnest_addresses_are_withheld_unless_revealed(tmp_path: Path, told: Told) -> None:
    home = make_home(tmp_path / "earnest", HomeKind.EARNEST)
    number = queue_one(home, to="abuse@meadow.example")
    asyncio.run(outbox.send_due(home, FakeSender([DEFERS]), told))
    inbox.take_in(home, told, b"To: notice+x@hotline.example\n\nIn words of abuse@meadow.example")
    shown = views.show(home, number)
    assert shown["to"] is None and shown["message"] is None
    with home.reading() as session:
        assert "meadow" not in str([shown, views.list_notices(home), views.of_case(home, session, 1)])
        assert "meadow" in str(views.of_case(home, session, 1, reveal=True)["deliveries"])
    assert "meadow" in views.show(home, number, reveal=True)["message"]


def test_a_case_shows_its_notices_deliveries_and_answers(home: Home, told: Told) -> None:
    number = queue_two_cases(home)
    asyncio.run(outbox.send_due(home, FakeSender([DEFERS]), told))
    token = views.show(home, number)["message"].partition("notice+")[2].partition("@")[0]
    inbox.take_in(home, told, f"To: notice+{token}@hotline.example\nSubject: Re: x\n\nremoved".encode())
    with home.reading() as session:
        seen = views.of_case(home, session, 1)
        assert views.of_case(home, session, 99) == {"notices": [], "deliveries": [], "replies": []}
    assert [notice["id"] for notice in seen["notices"]] == [number]
    assert seen["deliveries"] == [
        {
            "notice": number, "attempt": 1, "outcome": "deferred", "code": 451,
            "reply": "later, abuse@meadow.example", "at": "2030-01-01T00:00:00Z",
        }
    ]  # fmt: skip
    assert [(reply["kind"], reply["notice"]) for reply in seen["replies"]] == [("replied", number)]


def test_a_notice_that_is_not_there_is_named(home: Home) -> None:
    with pytest.raises(HotlineError, match="no notice 9"):
        views.show(home, 9)
    assert views.list_notices(home) == []
    assert home.now() == START
