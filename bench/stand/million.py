"""Very many cases at once: their rows are written in bulk, and the database itself makes their courses of them.

Lifetimes are log-normal with a median of 12 days (T. Moore and R. Clayton, "The Impact of Incentives on Notice and
Take-down", 2008); looks follow the recheck plan with a little jitter, as a scheduler's do. Some are open, a twentieth
came back once. Addresses are no more than blind indexes here: nothing is sealed, for the figures open nothing.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlmodel import Session, SQLModel

from hotline.home import Home
from hotline.records import Case, Episode, Observation, Provider
from takedown.rechecks import gap

START: Final = datetime(2030, 1, 1, tzinfo=UTC)
MEDIAN_HOURS: Final = 12 * 24.0
PROVIDERS: Final = 40
_PAGE: Final = 20_000
_COUNTRIES: Final = ("NL", "US", "FR", "DE", "RU", "CA", "SE", "JP")
_GAPS: Final = np.array([gap(looks).total_seconds() for looks in range(160)])
Row = dict[str, Any]


@dataclass(frozen=True)
class Lives:
    """When each of some cases was notified, last seen online and first gone, in seconds after ``START``; -1: never."""

    notified: Any
    online: Any
    gone: Any


def lives(count: int, seed: int) -> Lives:
    """The lives of so many cases."""
    chance = np.random.default_rng(seed)
    lasts = np.exp(chance.normal(np.log(MEDIAN_HOURS * 3600), 1.2, count))
    watched = chance.uniform(2, 120, count) * 86_400
    jitter = 1 + 0.1 * chance.random((count, len(_GAPS)))
    looks = np.concatenate([np.zeros((count, 1)), np.cumsum(_GAPS * jitter, axis=1)], axis=1)
    looks[looks > watched[:, None]] = np.inf
    seen = (looks < lasts[:, None]).sum(axis=1)
    each, end = np.arange(count), looks.shape[1] - 1
    gone = np.where(seen <= end, looks[each, np.minimum(seen, end)], np.inf)
    notified = (150 * 86_400 - watched).astype(np.int64)
    online = notified + looks[each, seen - 1].astype(np.int64)
    return Lives(
        notified,
        online,
        np.where(np.isfinite(gone), notified + np.where(np.isfinite(gone), gone, 0), -1).astype(np.int64),
    )


def fill(home: Home, count: int) -> None:
    """Writes the cases, in portions."""
    with home.session() as session:
        rows = [_provider(home, number) for number in range(PROVIDERS)]
        session.add_all(rows)
    for start in range(0, count, _PAGE):
        of = lives(min(_PAGE, count - start), start)
        with home.session() as session:
            _write(session, Case, _cases(of, start))
            _write(session, Episode, _episodes(of, start))
            _write(session, Observation, _observations(of, start))
    with home.session() as session:
        _come_back(session)


def _write(session: Session, model: type[SQLModel], rows: Iterator[Row]) -> None:
    """Past the ORM, which takes most of a minute more for a million."""
    connection: Any = session.connection().connection.driver_connection
    first = next(rows, None)
    if first is None:
        return
    names, values = ", ".join(first), (list(row.values()) for row in (first, *rows))
    if session.get_bind().dialect.name == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {model.__tablename__} ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(first))
    plain = ([_plain(value) for value in row] for row in values)
    connection.executemany(f"INSERT INTO {model.__tablename__} ({names}) VALUES ({places})", plain)


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.000000") if isinstance(value, datetime) else value


def _come_back(session: Session) -> None:
    """Those that have a second episode are in it."""
    session.connection().exec_driver_sql(
        "UPDATE cases SET episode = 2, state = 'notified', removed_at = NULL WHERE episode = 1 AND id IN "
        "(SELECT case_id FROM episode WHERE ordinal = 2)"
    )


def _provider(home: Home, number: int) -> Provider:
    row = Provider(identity_bi=b"provider %d" % number, asn=64_500 + number % 12, country=_COUNTRIES[number % 8])
    home.vault.write(row, "name", f"Hosting {number:02}")
    return row


def _at(seconds: int) -> datetime | None:
    return None if seconds < 0 else START + timedelta(seconds=seconds)


def _cases(of: Lives, start: int) -> Iterator[Row]:
    for place, (notified, online, gone) in enumerate(
        zip(*(column.tolist() for column in vars(of).values()), strict=True)
    ):
        number = start + place + 1
        yield {
            "id": number, "key": secrets.token_bytes(16), "url_bi": b"url %d" % number,
            "host_bi": b"host %d" % (number // 50), "domain_bi": b"domain %d" % (number // 200),
            "tld": ("test", "example")[number % 2], "state": "notified" if gone < 0 else "removed",
            "classification": "baseline", "origin": "crawl", "provider_id": 1 + number % PROVIDERS,
            "opened_at": _at(notified), "reported_at": _at(notified - 7_200), "confirmed_at": _at(notified - 3_600),
            "first_notice_at": _at(notified), "last_online_at": _at(online), "removed_at": _at(gone), "looks": 12,
            "rung": number % 3, "episode": 1, "version": 3, "served_directly": True,
        }  # fmt: skip


def _episodes(of: Lives, start: int) -> Iterator[Row]:
    """A twentieth of the removed came back."""
    for place, gone in enumerate(of.gone.tolist()):
        if gone >= 0 and place % 20 == 0:
            again = gone + 9 * 86_400
            yield {"key": secrets.token_bytes(16), "case_id": start + place + 1, "ordinal": 2, "opened_at": _at(again),
                   "first_notice_at": _at(again + 3_600), "last_online_at": _at(again)}  # fmt: skip


def _observations(of: Lives, start: int) -> Iterator[Row]:
    """The last look of every tenth case that is open."""
    for place, (online, gone) in enumerate(zip(of.online.tolist(), of.gone.tolist(), strict=True)):
        if gone < 0 and place % 10 == 0:
            yield {"key": secrets.token_bytes(16), "case_id": start + place + 1, "at": _at(online), "vantage": "direct",
                   "outcome": "online", "size": 0}  # fmt: skip
