"""What all records share: the column types, and the client-made key.

``key`` is 16 random bytes made by us before the row is written: addresses are sealed under it (``hotline.vault``), so
a ciphertext cannot be moved to another row. ``id`` is a small public integer that people say to each other.
``*_ct`` is ciphertext; ``*_bi`` a blind index for look-ups by equality.
"""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcTime(TypeDecorator[datetime]):
    """UTC-aware datetimes on both databases; a naive one is a bug and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive datetime reached the database")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """An enum stored by its value: SQLModel alone would store the member's name."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def new_key() -> bytes:
    """16 random bytes: a row's own name, made before the row is written."""
    return secrets.token_bytes(16)


class Record(SQLModel):
    """The base of every table that has both a key and a public number."""

    id: int | None = Field(default=None, primary_key=True)
    key: bytes = Field(default_factory=new_key, sa_type=LargeBinary, unique=True)

    @property
    def number(self) -> int:
        """The public number of a row that has been written."""
        if self.id is None:
            raise RuntimeError(f"a {type(self).__name__} has no number before it is flushed")
        return self.id


def word(words: type[StrEnum], **rest: Any) -> Any:
    """A column that holds one of these words."""
    return Field(sa_type=Word(words), **rest)


def moment(**rest: Any) -> Any:
    """A column that holds a UTC time."""
    return Field(sa_type=UtcTime, **rest)


def sealed(**rest: Any) -> Any:
    """A column of ciphertext, written and read through ``Vault.write`` and ``Vault.read``."""
    return Field(default=None, sa_type=LargeBinary, **rest)


def blind(**rest: Any) -> Any:
    """A column of blind indexes."""
    return Field(sa_type=LargeBinary, **rest)
