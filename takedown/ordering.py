"""What goes to whom, and when: requests gathered into one order a recipient, with the URLs that it may know of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hotline.facts import NoticeItem, NoticeOrder, RuleMark, Warned
from hotline.home import Home
from hotline.notice_policy import policy_of
from hotline.records import Contact, Notice
from hotline.words import Certainty, ContactRole, DigestKind, NoticeState
from takedown import by_rule, findings, let_out, pacing
from takedown.asking import Request


def wait_for_company(
    home: Home, session: Session, requests: Sequence[Request], group_for: timedelta, a_day: int
) -> pacing.Paced:
    """Which of the requests go now: the others are gathered with what else goes to their recipient."""
    waiting = [pacing.Waiting(each.case.number, each.ask.address, _since(each), each.ask.role) for each in requests]
    return pacing.pace(waiting, _lately(home, session), home.now(), group_for=group_for, a_day=a_day)


def _since(request: Request) -> datetime:
    case = request.case
    return request.ask.since or max(request.finding.row.at, case.confirmed_at or case.opened_at)


def _lately(home: Home, session: Session) -> dict[str, list[datetime]]:
    """When messages to each recipient were queued in the last day, by its address in small letters."""
    rows = session.exec(
        select(Notice, Contact)
        .join(Contact, col(Notice.contact_id) == Contact.id)
        .where(
            Notice.queued_at > home.now() - pacing.DAY,
            col(Notice.state).not_in([NoticeState.WITHHELD, NoticeState.FAILED]),
        )
    )
    found: dict[str, list[datetime]] = {}
    for notice, contact in rows:
        found.setdefault(home.vault.text(contact, "address").lower(), []).append(notice.queued_at)
    return found


def orders(
    home: Home, session: Session, requests: Sequence[Request], pages: dict[int, tuple[str, ...]]
) -> list[NoticeOrder]:
    """One order a recipient, with all its cleared URLs. ``pages`` are those of a case that the recipient hosts too.

    Whom a rule has told in addition gets an order like it, or its URLs among those that it is asked about. Who hosts
    one site and registered the name of another is asked twice: each message says in which role, and tells nothing of
    the other site.
    """
    by_recipient: dict[tuple[str, ContactRole], list[Request]] = {}
    for request in (*requests, *_in_addition(home, session, requests)):
        by_recipient.setdefault((request.ask.address.lower(), request.ask.role), []).append(request)
    allowed = policy_of(home.settings.home).digests
    return [_order(home, session, group, pages, allowed) for group in by_recipient.values()]


def _in_addition(home: Home, session: Session, requests: Sequence[Request]) -> Iterator[Request]:
    for request in requests:
        for ask in by_rule.in_addition(home, session, request.case, request.ask, request.finding):
            yield replace(request, ask=ask, also=True)


def _order(
    home: Home,
    session: Session,
    group: list[Request],
    pages: dict[int, tuple[str, ...]],
    allowed: Sequence[DigestKind],
) -> NoticeOrder:
    first = min(group, key=lambda request: (request.also, request.ask.escalation))
    return NoticeOrder(
        to=first.ask.address,
        contact_id=findings.contact_of(home, session, first.ask.address).number,
        role=first.ask.role,
        provider_id=first.case.provider_id,
        provider_name=first.finding.provider_name,
        provider_country=first.finding.country,
        certainty=Certainty(first.finding.snapshot["certainty"]),
        items=tuple(
            replace(_item(home, request, pages), digests=let_out.digests_of(session, request.case, allowed))
            for request in group
        ),
        round=max(request.ask.round for request in group),
        escalation=max(request.ask.escalation for request in group),
        asked_before=first.ask.asked_before,
        rules=_marks(group),
        warns=_warning(group),
    )


def _warning(group: Sequence[Request]) -> Warned | None:
    """Who is asked next about any of them: the earliest, for nobody may be passed over unwarned."""
    warned = [each.ask.warns for each in group if each.ask.warns and not each.also]
    return min(warned, key=lambda each: each.at, default=None)


def _marks(group: Sequence[Request]) -> tuple[RuleMark, ...]:
    """The rules that had a part in a notice: one that only has others told had none in what the host is asked."""
    marks = ((mark, request.also) for request in group for mark in request.finding.say.marks)
    return tuple(dict.fromkeys(mark for mark, also in marks if also or mark.does != ("also_notify",)))


def _item(home: Home, request: Request, pages: dict[int, tuple[str, ...]]) -> NoticeItem:
    case = request.case
    return NoticeItem(
        case_id=case.number,
        episode=case.episode,
        url=home.vault.text(case, "url"),
        ip=request.finding.ip,
        seen_at=case.last_online_at or case.confirmed_at or case.opened_at,
        classification=case.classification,
        pages=() if request.also else pages.get(case.number, ()),
        also=request.also,
        origin=case.origin,
    )
