"""Whether notices can be written as they stand: every language and role composed, laws and settings read."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hotline.facts import NoticeItem, NoticeOrder
from hotline.home import Home
from hotline.records import Provider
from hotline.words import Certainty, Classification, ContactRole
from notices.composition import compose
from notices.languages import languages
from notices.laws import laws_of, ours
from notices.queueing import demand_sender, sample_frame


@dataclass(frozen=True)
class Checked:
    """``composed``: how many messages were written, all languages and roles. ``laws``: countries whose law is named.

    ``own_laws``: those that the home's file says; ``without``: countries of providers in this home for which the
    text of the treaty stands in; ``signed_law``: whether the hotline's own country has a law, for what is illegal by
    national law.
    """

    composed: int
    languages: tuple[str, ...]
    laws: int
    own_laws: tuple[str, ...]
    without: tuple[str, ...]
    signed_law: bool


def check(home: Home) -> Checked:
    """Writes one message in each language to each role, and reads what they stand on.

    Raises:
        HotlineError: the sender is not set, or a file of the home cannot be read; the remedy is said.
    """
    identity = demand_sender(home.settings)
    laws = laws_of(home.settings.home)
    composed = 0
    for order in _samples(home):
        for language in languages():
            compose(order, sample_frame(home, identity, order, language))
            composed += 1
    with home.reading() as session:
        without = tuple(country for country in _countries(session) if laws.of(country) is None)
    return Checked(
        composed=composed,
        languages=languages(),
        laws=len(laws.by_country or ours()),
        own_laws=tuple(sorted(laws.of_operator)),
        without=without,
        signed_law=laws.of(identity.country) is not None,
    )


def _countries(session: Session) -> list[str]:
    found = session.exec(select(Provider.country).distinct().order_by(col(Provider.country)))
    return [each for each in found if each]


def _samples(home: Home) -> Iterator[NoticeOrder]:
    items = tuple(
        NoticeItem(number, 1, f"https://meadow.example/{number}.png", "198.51.100.7", home.now(), each)
        for number, each in enumerate(Classification, 1)
    )
    for role in ContactRole:
        yield NoticeOrder(
            "abuse@meadow.example", 1, role, None, "Meadow Hosting", home.settings.country, Certainty.ORIGIN, items
        )
