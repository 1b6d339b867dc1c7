"""The job that asks: locate, decide, queue, send; and what the sending does to the cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session

from hotline.facts import HostSays
from hotline.home import Home
from hotline.network import Network
from hotline.notice_policy import policy_of
from hotline.progress import Progress, silence
from hotline.records import Case, Notice, Reply
from notices import outbox
from notices.channels.smtp import sender_of
from notices.composition import BadRecipient
from scheduler.contact_checks import check_mail
from scheduler.locating import Locator, behind_fronts, hosted_by, locate_cases, not_located
from scheduler.withdrawing import refresh_queued, withdraw
from takedown import asking, cases, contact_health, embargoes, findings, host_answers, ordering, told
from takedown.asking import Request
from takedown.clearance import Withheld
from takedown.hosting.doors import Names

_ROUNDS: Final = 8
"""How many contacts of one ladder are tried in one run when our mail server refuses them one after the other."""

_PAGES: Final = 20


@dataclass
class Asked:
    """What a run of asking did. ``withheld`` names the cases that were due and not cleared, with the reason."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    withheld: dict[int, str] = field(default_factory=dict)


class CasesMove:
    """What happens to the cases of a notice: the outbox tells, takedown moves (``notices.events.Events``)."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def sent(self, session: Session, notice: Notice) -> None:
        """Our mail server has it."""
        asking.was_sent(self._home, session, notice)

    def failed(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        """Our mail server refused it for good."""
        asking.was_undeliverable(self._home, session, notice, "refused", doubt)

    def bounced(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        """It came back."""
        asking.was_undeliverable(self._home, session, notice, "bounced", doubt)

    def told(self, session: Session, notice: Notice, reply: Reply, sender: str, words: str) -> None:
        """A person's answer may name another contact, or an origin: that waits for a person of ours."""
        told.from_answer(self._home, session, notice, told.Answered(reply.number, sender, words))

    def said(self, session: Session, notice: Notice, says: HostSays) -> None:
        """Its recipient has said what it does, or does not, about its cases."""
        host_answers.heard(self._home, session, notice, says)

    def answered(self, session: Session, notice: Notice, by_person: bool) -> None:
        """Mail arrives at its recipient."""
        contact_health.has_answered(self._home, session, notice.contact_id, by_person)


async def ask(home: Home, progress: Progress = silence, *, gather: bool = False) -> Asked:
    """Locates what is confirmed, queues what is due and cleared, and sends all that is queued.

    ``gather``: what goes to one recipient waits for company, as the policy says.
    """
    result = Asked()
    async with Network.open(home.settings, home.kind, home.clock) as network:
        locator = Locator(home, network)
        with home.session() as session:
            embargoes.end_the_past(home, session)
        await locate_cases(home, locator, [*not_located(home), *behind_fronts(home)], progress)
        result.withheld |= dict.fromkeys(not_located(home), findings.UNHEARD)
        withdraw(home, await refresh_queued(home, locator))
        for _ in range(_ROUNDS):
            withheld, passed_over = await _queue(home, locator, network.resolver, progress, gather)
            result.withheld |= withheld
            sent = await outbox.send_due(home, sender_of(home), CasesMove(home))
            result.sent += sent.sent
            result.failed += sent.failed
            result.unknown += sent.unknown
            progress("sending", result.sent)
            if not sent.failed and not passed_over:
                break
    return result


async def _queue(
    home: Home, locator: Locator, names: Names, progress: Progress, gather: bool
) -> tuple[dict[int, str], int]:
    """Queues what is cleared; returns what is withheld, and how many contacts turned out to be no address at all."""
    requests, withheld = _decide(home, gather)
    if requests:  # what was looked up a moment ago, in this run, is at hand
        await locate_cases(home, locator, [each.case.number for each in requests], progress)
        requests, also = _decide(home, gather)
        withheld |= also
    for _ in range(_ROUNDS):
        if not await check_mail(home, names, [each.ask.address for each in requests]):
            break
        requests, also = _decide(home, gather)  # whose mail goes nowhere is passed over
        withheld |= also
    if not requests:
        return withheld, 0
    outbox.demand_sender(home.settings)
    pages = await _pages(home, locator, requests)
    passed_over = 0
    with home.session() as session:
        for order in ordering.orders(home, session, requests, pages):
            try:
                with session.begin_nested():
                    outbox.queue(home, session, order)
            except BadRecipient:
                findings.mark_dead(home, session, order.contact_id, "not an address that mail can be sent to")
                passed_over += 1
    return withheld, passed_over


def _decide(home: Home, gather: bool) -> tuple[list[Request], dict[int, str]]:
    policy = policy_of(home.settings.home)
    requests: list[Request] = []
    withheld: dict[int, str] = {}
    with home.session() as session:
        for case in asking.candidates(session):
            answer = asking.decide(home, session, case)
            if isinstance(answer, Request):
                requests.append(answer)
            elif isinstance(answer, Withheld):
                withheld[case.number] = answer.reason
        if not gather:
            return requests, withheld
        paced = ordering.wait_for_company(home, session, requests, policy.group_for, policy.messages_a_day)
    return [each for each in requests if each.case.number in paced.go], withheld | dict(paced.later)


async def _pages(home: Home, locator: Locator, requests: Sequence[Request]) -> dict[int, tuple[str, ...]]:
    with home.reading() as session:
        seen = {
            request.case.number: cases.pages_of(home, session, session.get_one(Case, request.case.number))[:_PAGES]
            for request in requests
        }
    return {
        request.case.number: await hosted_by(locator, request.ask.address, seen[request.case.number])
        for request in requests
    }
