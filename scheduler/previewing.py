"""What would be written about a case, before anything is: nothing is stored, queued or sent."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from hotline.errors import HotlineError
from hotline.facts import NoticeItem, NoticeOrder
from hotline.home import Home
from hotline.records import Case
from hotline.words import ContactRole
from notices.composition import compose
from notices.languages import language_for
from notices.queueing import country_of, demand_sender, sample_frame
from takedown import asking, findings, ordering
from takedown.asking import Request
from takedown.escalation import Ask
from takedown.findings import Located

_WITHHELD = "(withheld)"
_NOBODY = "withheld@hotline.invalid"


@dataclass(frozen=True)
class Preview:
    """A message as it would be. ``why``: why nobody is asked now; ``None`` where somebody is."""

    to: str
    role: ContactRole
    country: str | None
    language: str
    why: str | None
    message: bytes


def preview(home: Home, number: int, language: str | None = None, role: ContactRole | None = None) -> Preview:
    """The message about this case alone: to whom the ladder asks next, or to the contact in ``role``.

    In an earnest home addresses are withheld in it. Its link, its return path and its Message-ID lead nowhere.

    Raises:
        HotlineError: there is no such case, nobody could be written to about it, or the settings name no sender.
    """
    identity = demand_sender(home.settings)
    with home.reading() as session:
        case = session.get(Case, number)
        if case is None:
            raise HotlineError(f"there is no case {number}; `hotline cases` lists them")
        finding = findings.newest(home, session, case)
        if finding is None:
            raise HotlineError(f"case {number} is not located yet; `hotline notices send` does that")
        ask, why = _whom(home, session, case, finding, role)
        order = ordering.orders(home, session, [Request(case, ask, finding)], {})[0]
    spoken = language or language_for(country_of(order))
    message = compose(_shown(home, order), sample_frame(home, identity, order, spoken))
    return Preview(ask.address if home.practice else _WITHHELD, ask.role, country_of(order), spoken, why, message)


def _whom(
    home: Home, session: Session, case: Case, finding: Located, role: ContactRole | None
) -> tuple[Ask, str | None]:
    step = asking.next_step(home, session, case, finding)
    if isinstance(step, Ask) and role in (None, step.role):
        return step, None
    ladder = [each for each in findings.ladder(home, session, finding) if role in (None, each.role)]
    rung = next((each for each in ladder if each.alive and each.barred is None), ladder[0] if ladder else None)
    if rung is None:
        known = f"no contact in the role {role.value}" if role else "no contact that mail reaches"
        raise HotlineError(f"case {case.number} has {known}; `hotline resolve URL` shows whom it has")
    why = "another contact comes first" if isinstance(step, Ask) else step.reason
    return Ask(rung.address, rung.role, 1, 0, ()), rung.barred or why


def _shown(home: Home, order: NoticeOrder) -> NoticeOrder:
    if home.practice:
        return order
    return replace(order, to=_NOBODY, items=tuple(_hidden(item) for item in order.items))


def _hidden(item: NoticeItem) -> NoticeItem:
    return replace(item, url=_WITHHELD, ip=_WITHHELD, pages=tuple(_WITHHELD for _ in item.pages))
