"""By what more than its digests a case's file is known again when it is saved anew.

The PDQ of a large picture by the other convention, and the frames of a video. They serve the case's own rechecks, and
stand apart from it, for an hour of video is a hundred kilobytes.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hotline.facts import LEGIBLE, Digests, FramePrint
from hotline.records import Case, CasePrints


def keep(session: Session, case: Case, digests: Digests) -> None:
    """Takes those of what was seen in place of what was kept before; most pictures have none."""
    forget(session, case)
    frames = digests.legible_frames or None
    if frames or digests.pdq_reduced:
        session.add(CasePrints(case_id=case.number, pdq_reduced=digests.pdq_reduced, frames=frames))


def forget(session: Session, case: Case) -> None:
    """The case is for something else from now on."""
    session.execute(delete(CasePrints).where(col(CasePrints.case_id) == case.number))


def onto(session: Session, case: Case, digests: Digests) -> Digests:
    """A case's digests, with these beside them. Of frames neither second nor quality was kept, but that they count."""
    kept = of_cases(session, [case.number]).get(case.number)
    if kept is None:
        return digests
    frames = kept.frames or b""
    told = tuple(FramePrint(float(n), frames[32 * n : 32 * n + 32].hex(), LEGIBLE) for n in range(len(frames) // 32))
    return replace(digests, pdq_reduced=kept.pdq_reduced, frames=told)


def of_cases(session: Session, numbers: Collection[int]) -> Mapping[int, CasePrints]:
    """Those of these cases, where there are any."""
    kept = session.exec(select(CasePrints).where(col(CasePrints.case_id).in_(numbers)))
    return {each.case_id: each for each in kept}
