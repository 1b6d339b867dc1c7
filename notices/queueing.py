"""Putting a notice into the outbox: its row, its cases and its frozen bytes, in the caller's transaction."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.facts import NoticeOrder
from hotline.home import Home
from hotline.notice_policy import policy_of
from hotline.records import Notice, NoticeCase
from hotline.settings import Settings
from hotline.words import NoticeState
from notices import tokens
from notices.composition import compose
from notices.languages import language_for, recipient_country
from notices.laws import laws_of
from notices.plain import is_mail_address
from notices.signing import sign_if_possible
from notices.text import Frame

_TOKEN_SHAPE = "0" * 32


@dataclass(frozen=True)
class Identity:
    """Who signs the notices."""

    mail_from: str
    organisation: str
    country: str


def demand_sender(settings: Settings) -> Identity:
    """Who signs; asked before anything is queued.

    Raises:
        HotlineError: a setting is missing, no return path can be made of the address, or a file of the home that
            notices stand on cannot be read.
    """
    wanted = (
        ("HOTLINE_MAIL_FROM", settings.mail_from),
        ("HOTLINE_ORGANISATION", settings.organisation),
        ("HOTLINE_COUNTRY", settings.country),
    )
    missing = [name for name, value in wanted if not value]
    if not settings.mail_from or not settings.organisation or not settings.country:
        raise HotlineError(f"notices need {' and '.join(missing)}; set {'it' if len(missing) == 1 else 'them'}")
    if not is_mail_address(tokens.return_path(settings.mail_from, _TOKEN_SHAPE)):
        raise HotlineError(
            "HOTLINE_MAIL_FROM: no return path can be made of it; use at most 31 plain signs before the @"
        )
    laws_of(settings.home)
    policy_of(settings.home)
    return Identity(settings.mail_from, settings.organisation, settings.country)


def queue(home: Home, session: Session, order: NoticeOrder) -> Notice:
    """Writes the notice with its message as it will leave, however often it has to.

    Raises:
        HotlineError: the settings do not say who signs.
        BadRecipient: the contact's address cannot be written to.
    """
    identity = demand_sender(home.settings)
    now = home.now()
    notice = Notice(
        provider_id=order.provider_id,
        contact_id=order.contact_id,
        role=order.role,
        language=language_for(country_of(order)),
        round=order.round,
        escalation=order.escalation,
        state=NoticeState.QUEUED,
        queued_at=now,
        next_try_at=now,
    )
    tokens.stamp(home.vault, notice, identity.mail_from)
    home.vault.write(notice, "to", order.to)
    message, unsigned = sign_if_possible(home.settings, compose(order, frame_of(home, identity, notice, order)))
    home.vault.write(notice, "bytes", message.decode("latin-1"))
    session.add(notice)
    session.flush()
    write_cases(home, session, notice, order)
    home.record(
        session, "system", "notice:message:queued", f"notice {notice.number}",
        cases=[item.case_id for item in order.items], role=order.role.value, to=order.to, **_by_rules(order),
        **({"unsigned": unsigned} if unsigned else {}),
    )  # fmt: skip
    return notice


def _by_rules(order: NoticeOrder) -> dict[str, Any]:
    if not order.rules:
        return {}
    told = [item.case_id for item in order.items if item.also]
    return {"rules": [each.as_json() for each in order.rules], "also_told": told}


def country_of(order: NoticeOrder) -> str | None:
    """Where the recipient of an order is, as far as it is known."""
    return recipient_country(order.role, order.provider_country, order.to)


def frame_of(home: Home, identity: Identity, notice: Notice, order: NoticeOrder) -> Frame:
    """What the text of a stamped notice says of its sender, and the marks of its answers.

    Raises:
        HotlineError: what the home says of laws or of notices cannot be read.
    """
    return Frame(
        mail_from=identity.mail_from,
        return_path=tokens.return_path(identity.mail_from, home.vault.return_token(notice.key)),
        message_id=notice.message_id or "",
        organisation=identity.organisation,
        country=identity.country,
        public_url=home.settings.public_url,
        answer_token=home.vault.answer_token(notice.key),
        now=notice.queued_at,
        language=notice.language,
        recipient=country_of(order),
        laws=laws_of(home.settings.home),
        flagger=policy_of(home.settings.home).trusted_flagger,
    )


def sample_frame(home: Home, identity: Identity, order: NoticeOrder, language: str) -> Frame:
    """A frame for a message that is only looked at: its link, its return path and its Message-ID lead nowhere."""
    notice = Notice(
        provider_id=None,
        contact_id=order.contact_id,
        role=order.role,
        language=language,
        state=NoticeState.WITHHELD,
        queued_at=home.now(),
        message_id=f"<preview@{tokens.domain_of(identity.mail_from)}>",
    )
    return replace(
        frame_of(home, identity, notice, order),
        return_path=tokens.return_path(identity.mail_from, _TOKEN_SHAPE),
        answer_token=_TOKEN_SHAPE * 2,
    )


def write_cases(home: Home, session: Session, notice: Notice, order: NoticeOrder) -> None:
    """Links a notice that has been flushed to its cases."""
    for item in order.items:
        row = NoticeCase(notice_id=notice.number, case_id=item.case_id, episode=item.episode, also=item.also)
        home.vault.write(row, "pages", json.dumps(item.pages) if item.pages else None)
        session.add(row)
    session.flush()
