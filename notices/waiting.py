"""What waits in the outbox for our own mail server, and why."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func
from sqlmodel import col, select

from hotline.home import Home
from hotline.records import Notice
from hotline.words import NoticeState

NO_SERVER: Final = "no mail server; set HOTLINE_SMTP"


@dataclass(frozen=True)
class Waiting:
    """So many notices that nobody holds wait; ``why`` is what went wrong last, in words that name no address."""

    count: int
    why: str


def what_waits(home: Home) -> Waiting | None:
    """What could not leave; ``None`` where nothing waits, or where what waits has not been tried yet."""
    queued = col(Notice.state) == NoticeState.QUEUED, col(Notice.held_at).is_(None)
    with home.reading() as session:
        if home.settings.smtp is None:
            count = session.exec(select(func.count()).select_from(Notice).where(*queued)).one()
            return Waiting(count, NO_SERVER) if count else None
        tried = (*queued, col(Notice.problem_ct).is_not(None))
        count = session.exec(select(func.count()).select_from(Notice).where(*tried)).one()
        last = session.exec(select(Notice).where(*tried).order_by(col(Notice.id).desc()).limit(1)).first()
        why = home.vault.read(last, "problem") if last else None
    return Waiting(count, why) if why else None
