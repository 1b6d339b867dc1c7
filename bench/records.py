"""How fast are sealed records written, each with its audit leaf: one a transaction, or many?

Beside them, as a yardstick of the machine, two rows of the same length by plain ``sqlite3``: no ORM, no sealing.
"""

import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table
from sqlmodel import Session
from stand.home import make_home

from hotline import staff
from hotline.address import parse_url
from hotline.home import Home
from hotline.records import Observation
from hotline.words import Classification
from takedown import cases

ROUNDS: Final = 3
BATCH: Final = 200
SINGLY, IN_BATCHES = 400, 2000
"""Records a round."""
_FACTS: Final = '{"peer": "198.51.100.7", "final_url": "http://dock-a.example/p/1.jpg", "names": ["dock-a.example"]}'
_URL: Final = "http://dock-a.example/p/1.jpg"


class Product:
    """Writes as the product does."""

    def __init__(self, folder: Path) -> None:
        self.home: Home = make_home(folder, {"port": 80, "resolvers": [5301, 5302], "addresses": {}})
        with self.home.session() as session:
            case = cases.open_reported(self.home, session, parse_url(_URL), Classification.BASELINE, None, None)
            self._case_id = case.number

    def write(self, batches: int, of: int) -> None:
        """So many transactions of so many records."""
        for _ in range(batches):
            with self.home.session() as session:
                for _ in range(of):
                    self._observe(session)

    def _observe(self, session: Session) -> None:
        row = Observation(case_id=self._case_id, at=self.home.now(), status=200, sha256="0" * 64, size=40_000)
        self.home.vault.write(row, "facts", _FACTS)
        session.add(row)
        self.home.record(session, staff.SYSTEM.name, "case:url:observed", f"case {self._case_id}", url=_URL)


class Plain:
    """The yardstick: two rows a record, with the product's safety settings."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "secure_delete=ON", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        for table in ("observation", "leaf"):
            self._connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, key BLOB UNIQUE, row BLOB)")

    def write(self, batches: int, of: int) -> None:
        """So many transactions of so many records."""
        for _ in range(batches):
            self._connection.execute("BEGIN IMMEDIATE")
            for table in ("observation", "leaf"):
                rows = [(secrets.token_bytes(16), b"\0" * 300) for _ in range(of)]
                self._connection.executemany(f"INSERT INTO {table} (key, row) VALUES (?, ?)", rows)
            self._connection.execute("COMMIT")


def main() -> None:
    """Prints the table."""
    rates: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        product, plain = Product(Path(folder)), Plain(Path(folder))
        for _ in range(ROUNDS):
            for name, count, work in _works(product, plain):
                rates.setdefault(name, []).append(count / _seconds(work))
        product.home.engine.dispose()
    _show({name: median(seen) for name, seen in rates.items()})


def _works(product: Product, plain: Plain) -> tuple[tuple[str, int, Callable[[], None]], ...]:
    """Name, records, and what writes them, in this order."""
    return (
        ("ours, one a transaction", SINGLY, lambda: product.write(SINGLY, 1)),
        (f"ours, {BATCH} a transaction", IN_BATCHES, lambda: product.write(IN_BATCHES // BATCH, BATCH)),
        ("sequencer, over these", SINGLY + IN_BATCHES, product.home.seal_audit),
        ("plain, one a transaction", SINGLY, lambda: plain.write(SINGLY, 1)),
        (f"plain, {BATCH} a transaction", IN_BATCHES, lambda: plain.write(IN_BATCHES // BATCH, BATCH)),
    )


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _show(rates: dict[str, float]) -> None:
    table = Table("written", title=f"Sealed records with their audit leaves, SQLite; medians of {ROUNDS}")
    for column in ("records/s", "beside the first"):
        table.add_column(column, justify="right")
    first = next(iter(rates.values()))
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}", f"{rate / first:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
