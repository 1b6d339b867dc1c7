"""Looks and cases: what is due to be looked at, what is known of it, and what a look did to it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from hotline.address import parse_url
from hotline.facts import Look, LookOrder, Marks
from hotline.home import Home
from hotline.records import Case, Episode, HashEntry, HashList, Observation, Sighting
from hotline.words import CaseState, Content, ListKind, Origin, Outcome
from takedown import cases, glances, host_answers, workflow
from takedown.verdicts import DENIALS, Consequence, Known, Standing, Verdict, consequence, judge, together
from takedown.workflow import Because

CONFIRMED_LIST = "confirmed"
"""The list of what our own analysts assessed and a look found again (CONTRACT, "What opens a case")."""


@dataclass(frozen=True)
class Looked:
    """What a look did: its verdict, the move that followed, and where the material has moved to, if it has."""

    verdict: Verdict
    because: Because | None
    moved_to: str | None = None


def due(home: Home, session: Session) -> list[LookOrder]:
    """Every case that is due to be looked at now, the longest overdue first."""
    rows = session.exec(
        select(Case).where(col(Case.due_at).is_not(None), col(Case.due_at) <= home.now()).order_by(col(Case.due_at))
    ).all()
    return [order(home, session, case) for case in rows]


def order(home: Home, session: Session, case: Case) -> LookOrder:
    """What to look at, and what is known of it."""
    media, media_pdq = _media_of_page(session, case) if case.content is Content.PAGE else (frozenset(), frozenset())
    return LookOrder(
        case_id=case.number,
        url=home.vault.text(case, "url"),
        referrer=home.vault.read(case, "referrer"),
        entry=tuple(cases.pages_of(home, session, case)[:3]),
        content=case.content,
        sha256=case.sha256,
        assessed_sha256=case.assessed_sha256,
        pdq=case.pdq,
        shape=case.shape,
        media=media,
        media_pdq=media_pdq,
        marks=_marks(home, session, case),
    )


def _marks(home: Home, session: Session, case: Case) -> Marks | None:
    called = case.whole_at is not None and host_answers.is_called_for(session, case, case.whole_at)
    past = glances.Past(case.state, case.content, case.looks, case.whole_at, case.first_gone_at, called)
    return glances.marks_of(home, case) if glances.may_glance(past, home.now()) else None


def _media_of_page(session: Session, page: Case) -> tuple[frozenset[str], frozenset[str]]:
    """SHA-256 and PDQ of the known material seen on this page; near matches that nobody confirmed do not count.

    A page that the crawl made a case is one for the picture that stands in its own text.
    """
    rows = session.exec(
        select(Case.sha256, Case.pdq)
        .join(Sighting, col(Sighting.case_id) == Case.id)
        .where(
            Sighting.page_bi == page.url_bi,
            col(Case.sha256).is_not(None),
            col(Case.state).not_in([CaseState.REVIEW, CaseState.REJECTED]),
        )
    )
    own = [(page.sha256, page.pdq)] if page.origin is Origin.CRAWL else []
    seen = [*rows, *own]
    return frozenset(sha256 for sha256, _ in seen if sha256), frozenset(pdq for _, pdq in seen if pdq)


def record(home: Home, session: Session, case: Case, *looks: Look) -> Looked:
    """Writes the looks from each vantage as observations, judges them together, and lets the consequence happen.

    All in the caller's transaction. At least one look; all at the same time.
    """
    seen = [_judged(home, session, case, look) for look in looks]
    rows = [_observe(home, session, case, look, *told) for look, told in zip(looks, seen, strict=True)]
    verdict = together(_of_working(looks, [own for _, own in seen]))
    _learn(home, session, case, *seen[0])
    glances.remember(home, case, looks[0], seen[0][1].outcome)
    before = standing(case, _is_told(session, case))
    after = consequence(before, _effect(case, looks, verdict), looks[0].at, home.settings.removal_gap)
    _apply(home, session, case, after, verdict, looks[0].at)
    numbers = [row.number for row in rows]
    home.record(session, "system", f"case:look:{verdict.outcome.value}", f"case {case.number}", observations=numbers)
    moved_to = next((look.moved_to for look, own in seen if _moved(own)), None)
    return Looked(verdict, after.because, moved_to)


def _of_working(looks: Sequence[Look], verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """The verdicts of the vantages that work: what one that sees not even our canary does not see means nothing.

    Where it does see the material, that counts as ever. Where none works, all are unclear.
    """
    pairs = zip(looks, verdicts, strict=True)
    return [own for look, own in pairs if look.control is not False or own.outcome is Outcome.ONLINE] or verdicts


def _judged(home: Home, session: Session, case: Case, look: Look) -> tuple[Look, Verdict]:
    """What one vantage saw, as either visitor, and the look that tells it best."""
    parts = [_with_redirect(home, case, each) for each in look.both]
    verdicts = [judge(_known(home, session, case, each), each) for each in parts]
    verdict = together(verdicts)
    return next(part for part, own in zip(parts, verdicts, strict=True) if own.outcome is verdict.outcome), verdict


def _moved(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.MOVED


def _effect(case: Case, looks: Sequence[Look], verdict: Verdict) -> Outcome:
    """A removed file that turns up at another address is a case of its own there; here it is gone as before."""
    elsewhere = _moved(verdict) and all(part.status in DENIALS for look in looks for part in look.both)
    return Outcome.GONE if elsewhere and case.state is CaseState.REMOVED else verdict.outcome


def _is_told(session: Session, case: Case) -> bool:
    """Whether somebody was asked in this episode, so that the case is looked at until it ends."""
    if case.state is CaseState.REFERRED or (case.state is CaseState.REVIEW and case.due_at is not None):
        return True
    row = _episode(session, case)
    return row is not None and row.first_notice_at is not None


def _with_redirect(home: Home, case: Case, look: Look) -> Look:
    """A file that lay here and is now at the end of a redirect has moved; where it always redirected, it has not."""
    here = home.vault.text(case, "url")
    if (
        look.status is not None
        and 200 <= look.status < 300
        and look.redirects
        and look.final_url
        and look.final_url != here
        and case.served_directly
    ):
        return replace(look, moved_to=look.moved_to or look.final_url)
    return look


def _known(home: Home, session: Session, case: Case, look: Look) -> Known:
    moved_known = look.moved_to is not None and cases.find(home, session, parse_url(look.moved_to)) is not None
    return Known(case.content, case.sha256, case.assessed_sha256, case.shape, moved_known)


def _observe(home: Home, session: Session, case: Case, whole: Look, look: Look, verdict: Verdict) -> Observation:
    digests = look.digests
    row = Observation(
        case_id=case.number,
        at=look.at,
        vantage=look.vantage,
        outcome=verdict.outcome,
        reason=verdict.reason,
        status=look.status,
        content=look.content,
        sha256=digests.sha256 if digests else None,
        sha1=digests.sha1 if digests else None,
        md5=digests.md5 if digests else None,
        pdq=digests.pdq if digests else None,
        pdq_quality=digests.pdq_quality if digests else None,
        distance=look.distance,
        size=whole.size,
        shape=look.shape,
    )
    home.vault.write(row, "facts", json.dumps(asdict(whole), default=str))
    session.add(row)
    session.flush()
    return row


def _learn(home: Home, session: Session, case: Case, look: Look, verdict: Verdict) -> None:
    """The first look that found it online tells what later ones compare with; and may feed the list of our own."""
    digests = look.digests
    if verdict.outcome is not Outcome.ONLINE or digests is None or case.sha256 is not None:
        return
    case.content, case.shape = look.content, look.shape
    case.sha256, case.sha1, case.md5 = digests.sha256, digests.sha1, digests.md5
    case.pdq, case.length = digests.pdq, digests.length
    case.served_directly = look.redirects == 0
    # What a host puts under a confirmed URL is no evidence of what was confirmed (DESIGN.md, decision 11).
    if look.content is Content.MEDIA and digests.sha256 == case.assessed_sha256:
        _add_to_confirmed(home, session, case)


def _add_to_confirmed(home: Home, session: Session, case: Case) -> None:
    row = session.exec(select(HashList).where(HashList.name == CONFIRMED_LIST)).first()
    if row is None:
        row = HashList(name=CONFIRMED_LIST, kind=ListKind.ILLEGAL, owner="this hotline", added_at=home.now())
        session.add(row)
        session.flush()
    identity = f"sha256:{case.sha256}"
    known = session.exec(select(HashEntry).where(HashEntry.list_id == row.number, HashEntry.identity == identity))
    if known.first() is not None:
        return
    session.add(
        HashEntry(
            list_id=row.number,
            identity=identity,
            sha256=case.sha256,
            sha1=case.sha1,
            md5=case.md5,
            pdq=case.pdq,
            length=case.length,
            classification=case.classification,
            added_at=home.now(),
        )
    )


def standing(case: Case, told: bool) -> Standing:
    """The part of a case that looks change."""
    return Standing(
        case.state,
        case.looks,
        case.last_online_at,
        case.first_gone_at,
        case.removed_at,
        case.watch_until,
        case.due_at,
        told,
    )


def _apply(home: Home, session: Session, case: Case, after: Consequence, verdict: Verdict, at: datetime) -> None:
    now = after.standing
    case.looks, case.due_at, case.last_online_at = now.looks, now.due_at, now.last_online_at
    case.first_gone_at, case.removed_at, case.watch_until = now.first_gone_at, now.removed_at, now.watch_until
    if after.because is not None:
        workflow.move(home, session, case, after.because, reason=verdict.reason)
    if after.because is Because.SEEN_AGAIN:
        cases.begin_episode(home, session, case)
    if case.due_at is not None and host_answers.is_called_for(session, case, at):
        case.due_at = min(case.due_at, home.now())  # somebody said "removed" while this look was under way
    _keep_episode(session, case, at if after.because is Because.GONE_TWICE else None)
    session.add(case)


def _keep_episode(session: Session, case: Case, removed_at: datetime | None) -> None:
    row = _episode(session, case)
    if row is None:
        return
    row.last_online_at, row.first_gone_at = case.last_online_at, case.first_gone_at
    if removed_at is not None:
        row.first_gone_at, row.closed_at = case.removed_at, removed_at
    session.add(row)


def _episode(session: Session, case: Case) -> Episode | None:
    return session.exec(select(Episode).where(Episode.case_id == case.number, Episode.ordinal == case.episode)).first()


def tally(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many looks had which outcome."""
    return {outcome.value: sum(1 for each in outcomes if each is outcome) for outcome in Outcome}
