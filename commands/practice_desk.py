"""The people of a practice run: two analysts, what they are given to begin with, and their word on what is in review.

They do what a person does at the command line, through the same sentences.
"""

from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from commands.context import actor_for
from crawler.hashlists import formats, store
from hotline import staff
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.records import Case, Move, Observation
from hotline.words import CaseState, Decision, ListKind, Outcome, Role
from takedown import assessment, intake, reports
from takedown.workflow import Because

ANALYSTS: Final = (("ana", "NL"), ("ben", "SE"))
_ACTS: Final = "ana"
_LISTS: Final = (
    ("baseline", "known.csv", ListKind.ILLEGAL),
    ("harmless", "harmless.csv", ListKind.HARMLESS),
    ("placeholders", "placeholder.csv", ListKind.PLACEHOLDER),
)

Word = tuple[Decision, str]


def set_up(home: Home, given: Path) -> None:
    """Staff, hash lists and confirmed reports, from the files that the practice internet wrote.

    Raises:
        HotlineError: a row of them was not taken.
    """
    for name, country in ANALYSTS:
        staff.add(home, staff.NewMember(name, Role.ANALYST, country), staff.SYSTEM)
    for name, file, kind in _LISTS:
        _import_list(home, name, given / file, kind)
    actor = actor_for(home, _ACTS, "seeds:import")
    _demand_all("confirmed.csv", intake.admit(home, reports.read(given / "confirmed.csv"), actor).rejected)
    home.seal_audit()


def _import_list(home: Home, name: str, file: Path, kind: ListKind) -> None:
    actor = actor_for(home, _ACTS, "hashes:import")
    rows = formats.read(file, "csv")
    with home.session() as session:
        result = store.import_rows(session, name, kind, rows, home.now())
        home.record(session, actor.name, "hashes:list:imported", "hash list", name=name, added=result.added)
    _demand_all(file.name, result.rejected)


def _demand_all(file: str, rejected: Any) -> None:
    for row in rejected:
        raise HotlineError(f"{file} of the practice internet, line {row.line}, was not taken: {row.reason}")


def decide_what_is_in_review(home: Home, up: dict[str, bool]) -> int:
    """An analyst's word on each case in review; returns on how many it was given.

    ``up`` stands for the analyst's eyes: what is material, by URL, and whether it is there now.
    """
    actor = actor_for(home, _ACTS, "case:decide")
    words = {}
    with home.reading() as session:
        for case in session.exec(select(Case).where(Case.state == CaseState.REVIEW).order_by(col(Case.id))):
            word = _word_on(session, case, up.get(home.vault.text(case, "url")))
            if word is not None:
                words[case.number] = word
    for number, (decision, reason) in words.items():
        assessment.decide(home, number, decision, reason, actor)
    return len(words)


def _word_on(session: Session, case: Case, up: bool | None) -> Word | None:
    """What a sensible analyst says; ``None`` while the next looks will tell more."""
    why = session.exec(
        select(Move)
        .where(Move.case_id == case.number, Move.to_state == CaseState.REVIEW)
        .order_by(col(Move.id).desc())
        .limit(1)
    ).one()
    if why.from_state is None or why.reason == Because.FLOOD.value:
        return _at_first_sight(up)
    if why.reason == Because.EMBARGO_ENDED.value:
        return Decision.CONTINUE, "the embargo ended"
    if up and _has_changed(session, case):
        return Decision.CONFIRM, "what is served now is the material"
    return None


def _at_first_sight(up: bool | None) -> Word:
    if up is None:
        return Decision.REJECT, "another picture, only alike"
    return Decision.CONFIRM, "the same picture, saved anew"


def _has_changed(session: Session, case: Case) -> bool:
    last = session.exec(
        select(Observation).where(Observation.case_id == case.number).order_by(col(Observation.id).desc()).limit(1)
    ).first()
    return last is not None and last.outcome is Outcome.CHANGED
