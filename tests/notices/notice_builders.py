"""What the tests of notices build their scenes from: a practice home, rows, fakes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from hotline import settings
from hotline.clock import MovableClock
from hotline.facts import HostSays, NoticeItem, NoticeOrder
from hotline.home import Home, create_home, open_home
from hotline.records import Case, Contact, Notice, Provider, Reply
from hotline.words import (
    CaseState,
    Certainty,
    Classification,
    ContactKind,
    ContactRole,
    DeliveryOutcome,
    HomeKind,
    NoticeState,
    Origin,
)
from notices import claims, outbox
from notices.sending import BeforeDot, Envelope, Outcome

START = datetime(2030, 1, 1, tzinfo=UTC)
SIGNED = {
    "HOTLINE_MAIL_FROM": "notice@hotline.example",
    "HOTLINE_ORGANISATION": "Practice hotline",
    "HOTLINE_COUNTRY": "NL",
}


def make_home(folder: Path, kind: HomeKind = HomeKind.PRACTICE, **more: str) -> Home:
    """A fresh home on SQLite; its clock stands at ``START`` until a test moves it."""
    loaded = settings.load({"HOTLINE_HOME": str(folder), **SIGNED, **more})
    create_home(loaded, kind)
    return open_home(loaded, MovableClock(START))


def later(home: Home, **units: float) -> None:
    """Moves the home's clock on."""
    assert isinstance(home.clock, MovableClock)
    home.clock.move_to(home.now() + timedelta(**units))


def with_settings(home: Home, **changed: object) -> Home:
    """The same home with other settings."""
    return replace(home, settings=replace(home.settings, **changed))


def make_case(home: Home, session: Session, url: str = "http://meadow.example/a.png") -> Case:
    """A case in state ``ready``."""
    case = Case(
        url_bi=home.vault.index("url", url), host_bi=b"h", domain_bi=b"d", tld="example", state=CaseState.READY,
        classification=Classification.BASELINE, origin=Origin.REPORT, opened_at=home.now(),
    )  # fmt: skip
    home.vault.write(case, "url", url)
    session.add(case)
    session.flush()
    return case


def make_contact(home: Home, session: Session, address: str) -> Contact:
    """An abuse contact."""
    contact = Contact(address_bi=home.vault.index("contact", address), kind=ContactKind.EMAIL)
    home.vault.write(contact, "address", address)
    session.add(contact)
    session.flush()
    return contact


def make_provider(home: Home, session: Session, name: str = "Meadow Hosting") -> Provider:
    """A hosting provider."""
    provider = Provider(identity_bi=home.vault.index("provider", name), asn=64500, country="NL")
    home.vault.write(provider, "name", name)
    session.add(provider)
    session.flush()
    return provider


def item(case_id: int = 7, url: str = "http://meadow.example/a.png", **more: object) -> NoticeItem:
    """One URL of a notice."""
    plain = NoticeItem(case_id, 1, url, "198.51.100.7", START, Classification.BASELINE)
    return replace(plain, **more)


def order(*items: NoticeItem, **more: object) -> NoticeOrder:
    """What is to be asked of one recipient."""
    plain = NoticeOrder(
        to="abuse@meadow.example", contact_id=1, role=ContactRole.HOST, provider_id=None,
        provider_name="Meadow Hosting", provider_country="NL", certainty=Certainty.ORIGIN, items=items or (item(),),
    )  # fmt: skip
    return replace(plain, **more)


_numbers: Iterator[int] = iter(range(1, 1_000_000))


def queue_one(home: Home, **more: object) -> int:
    """A queued notice about a fresh case, to a fresh contact; its number."""
    count = next(_numbers)
    address = str(more.pop("to", f"abuse{count}@meadow.example"))
    with home.session() as session:
        case = make_case(home, session, f"http://meadow.example/{count}.png")
        contact = make_contact(home, session, address)
        one = item(case.number, f"http://meadow.example/{count}.png")
        return outbox.queue(home, session, order(one, to=address, contact_id=contact.number, **more)).number


def notice(home: Home, number: int) -> Notice:
    """The row as it stands."""
    with home.reading() as session:
        return session.get_one(Notice, number)


def frozen(home: Home, number: int) -> bytes:
    """A notice's frozen bytes."""
    return home.vault.text(notice(home, number), "bytes").encode("latin-1")


def problem(home: Home, number: int) -> str | None:
    """What is said to be wrong with a notice."""
    return home.vault.read(notice(home, number), "problem")


@dataclass
class Told:
    """Events that only remember: pairs of what happened and the notice's number."""

    of: list[tuple[str, int]] = field(default_factory=list)
    answers: list[tuple[int, bool]] = field(default_factory=list)
    words: list[tuple[int, str, str]] = field(default_factory=list)
    said_of: list[tuple[int, HostSays]] = field(default_factory=list)
    doubts: list[str | None] = field(default_factory=list)

    def sent(self, session: Session, notice: Notice) -> None:
        assert notice.state is NoticeState.SENT and notice.sent_at is not None
        self.of.append(("sent", notice.number))

    def failed(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        assert notice.state is NoticeState.FAILED
        self.of.append(("failed", notice.number))
        self.doubts.append(doubt)

    def bounced(self, session: Session, notice: Notice, doubt: str | None = None) -> None:
        assert notice.state is NoticeState.BOUNCED
        self.of.append(("bounced", notice.number))
        self.doubts.append(doubt)

    def told(self, session: Session, notice: Notice, reply: Reply, sender: str, words: str) -> None:
        self.words.append((notice.number, sender, words))

    def said(self, session: Session, notice: Notice, says: HostSays) -> None:
        self.said_of.append((notice.number, says))

    def answered(self, session: Session, notice: Notice, by_person: bool) -> None:
        self.answers.append((notice.number, by_person))


class Killed(BaseException):
    """The sender's process is killed here: nothing of it runs any more."""


ACCEPTS = Outcome(DeliveryOutcome.SENT, code=250, text="2.0.0 queued")
DEFERS = Outcome(DeliveryOutcome.DEFERRED, "the mail server asks to wait (451)", 451, "later, abuse@meadow.example")
REFUSES = Outcome(DeliveryOutcome.REFUSED, "the mail server refused it (550)", 550, "no such user")
SILENT = Outcome(DeliveryOutcome.UNKNOWN, "no answer after the message was handed over")
ABSENT = Outcome(DeliveryOutcome.DEFERRED, "no connection to the mail server", connected=False)


@dataclass
class FakeSender:
    """A mail server in memory, which does what the next plan says and keeps what it accepted.

    A plan is an outcome, or ``killed before`` / ``killed after`` the text left; ``stores`` tells whether a text whose
    answer got lost was accepted all the same.
    """

    plans: list[Outcome | str] = field(default_factory=list)
    stores: bool = True
    accepted: list[Envelope] = field(default_factory=list)
    asked: int = 0
    closed: int = 0
    sessions: int = 1

    async def hand_over(self, envelope: Envelope, before_dot: BeforeDot) -> Outcome:
        self.asked += 1
        plan = self.plans.pop(0) if self.plans else ACCEPTS
        if plan == "killed before":
            raise Killed
        if isinstance(plan, Outcome) and plan.outcome in (DeliveryOutcome.DEFERRED, DeliveryOutcome.REFUSED):
            return plan
        await before_dot()
        if plan is ACCEPTS or self.stores:
            self.accepted.append(envelope)
        if plan == "killed after":
            raise Killed
        assert isinstance(plan, Outcome)
        return plan

    async def close(self) -> None:
        self.closed += 1


class DeadClaims(claims.Claims):
    """The view of a process that finds every other sender dead."""

    def is_dead(self, claim: str | None) -> bool:
        return True
