"""A contact on the site's own domain may be the offender: asking it is a person's choice, never a silent one.

It may as well be a large platform's desk, the best there is. No record tells the two apart, so a person does, unless
the mandate says that such contacts are asked like any other.
"""

from typing import Final

from sqlmodel import Session, col, select

from hotline import mandate
from hotline.home import Home
from hotline.records import Assessment, Case
from hotline.words import Decision
from takedown.escalation import is_same
from takedown.findings import Located
from takedown.on_site import on_site
from takedown.told import accepted_contacts

ASKED: Final = "its recipient lies on the site's own domain"
UNSEEN: Final = "the next contact lies on the site's own domain; a person must say whether it may be asked"


def must_be_seen(home: Home, session: Session, case: Case, finding: Located, address: str) -> bool:
    """Whether a person must look before this contact is asked about the case at this host."""
    if not on_site(home, finding.snapshot, address) or mandate.current(session, home.vault, home.kind).ask_own_domain:
        return False
    if any(is_same(address, each) for each in accepted_contacts(home, session, case.number, finding.row.at)):
        return False  # a person has looked at this very address
    words = select(Assessment.id).where(
        Assessment.case_id == case.number,
        col(Assessment.decision) == Decision.CONTINUE,
        Assessment.at >= finding.row.at,
    )
    return session.exec(words).first() is None
