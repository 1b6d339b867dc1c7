"""Which forms a person has filled in about a case: they count as asked."""

from sqlmodel import Session, col, select

from hotline.home import Home
from hotline.records import Case, Contact, Finding, Notice, NoticeCase
from hotline.words import ContactKind, NoticeState


def filled_in(home: Home, session: Session, finding: Finding) -> frozenset[str]:
    """The forms, in small letters, that were filled in about the finding's case in this episode and at this host."""
    rows = session.exec(
        select(Notice)
        .join(NoticeCase, col(NoticeCase.notice_id) == Notice.id)
        .join(Contact, col(Notice.contact_id) == Contact.id)
        .join(Case, col(NoticeCase.case_id) == Case.id)
        .where(
            Contact.kind == ContactKind.FORM,
            Notice.state == NoticeState.SENT,
            NoticeCase.case_id == finding.case_id,
            NoticeCase.episode == Case.episode,
            Notice.queued_at >= finding.at,
        )
    )
    return frozenset(home.vault.text(row, "to").lower() for row in rows)
