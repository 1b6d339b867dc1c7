"""The course of each case in whole numbers, for figures over very many of them."""

from typing import Final

from sqlalchemy import BigInteger, SmallInteger
from sqlmodel import Field, SQLModel

from hotline.words import CaseState

STATES: Final = tuple(CaseState)
"""A course holds a state as its place here, counted from 1; 0 is none."""


class Course(SQLModel, table=True):
    """One episode of a case: times as whole seconds since 1970, empty where there are none.

    The database keeps it by itself (triggers of migration 0007), in the transaction of whatever changes the case:
    nothing here is written by hand. An episode that ended with a removal stays as it was then, whatever comes later.
    ``reported`` and ``confirmed`` of a later episode are when the material was seen again. ``state``, ``provider``,
    ``rung`` and ``known`` (the last look that could tell) are right in a case's last episode.
    """

    __tablename__ = "course"
    __table_args__ = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    ordinal: int = Field(primary_key=True)
    state: int = Field(default=0, sa_type=SmallInteger)
    reported: int | None = Field(default=None, sa_type=BigInteger)
    confirmed: int | None = Field(default=None, sa_type=BigInteger)
    authority: int | None = Field(default=None, sa_type=BigInteger)
    referred: int | None = Field(default=None, sa_type=BigInteger)
    notice: int | None = Field(default=None, sa_type=BigInteger)
    online: int | None = Field(default=None, sa_type=BigInteger)
    gone: int | None = Field(default=None, sa_type=BigInteger)
    known: int | None = Field(default=None, sa_type=BigInteger)
    provider: int | None = Field(default=None)
    rung: int = 0
    tld: str = ""
