"""What a look did to a case: evidence, a verdict, and what follows from it. Written for many cases together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from hotline.address import parse_url
from hotline.facts import Look
from hotline.home import Home
from hotline.records import Case, Episode
from hotline.words import CaseState, Outcome
from takedown import cases, glances, learning, look_records, rechecks, workflow
from takedown.case_changes import CHANGED_BY_LOOKS, Changes
from takedown.glances import Kept
from takedown.look_orders import columns
from takedown.look_records import Seen
from takedown.verdicts import Consequence, Known, Standing, Verdict, consequence, judge, together
from takedown.workflow import Because


@dataclass(frozen=True)
class Looked:
    """What a look did: its verdict, the move that followed, and where the material has moved to, if it has."""

    verdict: Verdict
    because: Because | None
    moved_to: str | None = None


def record(home: Home, session: Session, case: Case, *looks: Look) -> Looked:
    """Writes one look at one case: ``record_all`` for a batch of one."""
    session.flush()
    (looked,) = record_all(home, session, [(case.number, looks)])
    session.refresh(case)
    return looked


def record_all(home: Home, session: Session, taken: Sequence[tuple[int, Sequence[Look]]]) -> list[Looked]:
    """Writes looks at many cases, by their number, each case at most once, and lets the consequences happen.

    The looks at one case, one from each vantage and all at the same time, are kept as observations and judged together.
    All in the caller's transaction, of which whatever it did to these cases must have been flushed.
    """
    # Locked in the order of their numbers (SQLite has one writer anyway), so that two who look at some of the same
    # cases never wait for each other.
    rows = session.execute(columns(_JUDGED_BY, [number for number, _ in taken]).with_for_update())
    found = {row.id: row for row in rows}
    done = [_judged(home, session, found[number], looks) for number, looks in taken]
    numbers = look_records.observe(home, session, [(each.case.id, each.seen) for each in done])
    changes = Changes(session, [each.case for each in done])
    for each in done:
        each.because = _let_happen(home, session, each, changes)
    session.flush()
    changes.write()
    look_records.audit_all(home, session, [(each.case.id, each.verdict) for each in done], numbers)
    return [Looked(each.verdict, each.because, each.moved_to) for each in done]


_JUDGED_BY: Final = (
    "id", "key", "state", "content", "sha256", "assessed_sha256", "shape", "looks", "due_at", "last_online_at",
    "first_gone_at", "removed_at", "watch_until", "episode", "url_ct", "served_directly", "whole_at",
)  # fmt: skip


@dataclass
class _Judged:
    """A case that was looked at, as a row of ``_JUDGED_BY``, and what is made of it, vantage by vantage."""

    case: Any
    looks: Sequence[Look]
    seen: Sequence[Seen]
    verdict: Verdict
    because: Because | None = None

    @property
    def moved_to(self) -> str | None:
        return next((each.told.moved_to for each in self.seen if each.verdict.outcome is Outcome.MOVED), None)

    @property
    def teaches(self) -> bool:
        """Whether it was the first look that found the case online."""
        first = self.seen[0]
        online = first.verdict.outcome is Outcome.ONLINE
        return self.case.sha256 is None and online and first.told.digests is not None

    @property
    def kept(self) -> Kept | None:
        """What later glances go by; ``None``: as before."""
        digests = self.seen[0].told.digests
        sha256 = digests.sha256 if self.teaches and digests else self.case.sha256
        return glances.kept_of(self.looks[0], self.seen[0].verdict.outcome, sha256)


def _judged(home: Home, session: Session, case: Any, looks: Sequence[Look]) -> _Judged:
    seen = [_seen(home, session, case, look) for look in looks]
    return _Judged(case, looks, seen, together(_of_working(seen)))


def _seen(home: Home, session: Session, case: Any, look: Look) -> Seen:
    """What one vantage saw, as either visitor, and the look that tells it best."""
    parts = [_with_redirect(home, case, each) for each in look.both]
    verdicts = [judge(_known(home, session, case, each), each) for each in parts]
    verdict = together(verdicts)
    told = next(part for part, own in zip(parts, verdicts, strict=True) if own.outcome is verdict.outcome)
    return Seen(look, told, verdict)


def _of_working(seen: Sequence[Seen]) -> Sequence[Verdict]:
    """The verdicts of the vantages that work: what one that sees not even our canary does not see means nothing.

    Where it does see the material, that counts as ever. Where none works, all are unclear.
    """
    working = [each for each in seen if each.look.control is not False or each.verdict.outcome is Outcome.ONLINE]
    return [each.verdict for each in working or seen]


def _let_happen(home: Home, session: Session, each: _Judged, changes: Changes) -> Because | None:
    case, at, kept = each.case, each.looks[0].at, each.kept
    before = standing(case, _is_told(case, changes.episodes.get(case.id)))
    after = consequence(before, _effect(case, each), at, home.settings.removal_gap)
    after = _sooner(home, after, changes.calls.get(case.id), case.whole_at if kept is None else None, at)
    if after.because is None and not each.teaches:
        changes.note(case.id, after.standing)
        if kept is not None:
            changes.keep(case.id, kept.whole_at, glances.seal(home.vault, case.key, kept.marks))
        return None
    row = session.get_one(Case, case.id, populate_existing=True)
    if each.teaches:
        learning.learn(home, session, row, each.seen[0].told)
    if kept is not None:
        row.whole_at, row.marks_ct = kept.whole_at, glances.seal(home.vault, case.key, kept.marks)
    _apply(home, session, row, after, each.verdict)
    _keep_episode(home, session, row, changes.episodes.get(case.id), after.because, at)
    return after.because


def _sooner(
    home: Home, after: Consequence, called_at: datetime | None, whole_at: datetime | None, at: datetime
) -> Consequence:
    """The look after this one comes earlier where somebody said "removed" while this one was under way, and where it
    was a glance, in time for the whole look of the day.
    """
    due_at = after.standing.due_at
    if due_at is None:
        return after
    if whole_at is not None:
        due_at = min(due_at, glances.whole_by(whole_at))
    if called_at is not None and called_at > at:
        due_at = min(due_at, home.now())
    return after if due_at == after.standing.due_at else replace(after, standing=replace(after.standing, due_at=due_at))


def _apply(home: Home, session: Session, case: Case, after: Consequence, verdict: Verdict) -> None:
    for name in CHANGED_BY_LOOKS:
        setattr(case, name, getattr(after.standing, name))
    session.add(case)
    if after.because is not None:
        workflow.move(home, session, case, after.because, reason=verdict.reason)


def _keep_episode(
    home: Home, session: Session, case: Case, current: Any, because: Because | None, at: datetime
) -> None:  # fmt: skip
    if because is Because.SEEN_AGAIN:
        cases.begin_episode(home, session, case).last_online_at = case.last_online_at
    elif current is not None:
        row = session.get_one(Episode, current.id, populate_existing=True)
        row.last_online_at, row.first_gone_at = case.last_online_at, case.first_gone_at
        if because is Because.GONE_TWICE:
            row.first_gone_at, row.closed_at = case.removed_at, at


def _effect(case: Any, each: _Judged) -> Outcome:
    """A removed file that turns up at another address is a case of its own there; here it is gone as before."""
    own = _own(case)
    led_to = any(part.digests and part.digests.sha256 in own for look in each.looks for part in look.both)
    elsewhere = each.verdict.outcome is Outcome.MOVED and not led_to
    return Outcome.GONE if elsewhere and case.state is CaseState.REMOVED else each.verdict.outcome


def _own(case: Any) -> set[str]:
    return {case.sha256, case.assessed_sha256} - {None}


def _is_told(case: Any, episode: Any) -> bool:
    """Whether somebody was asked in this episode, so that the case is looked at until it ends."""
    if case.state is CaseState.REFERRED or (case.state is CaseState.REVIEW and case.due_at is not None):
        return True
    return episode is not None and episode.first_notice_at is not None


def _with_redirect(home: Home, case: Any, look: Look) -> Look:
    """A file that lay here and is now at the end of a redirect has moved; where it always redirected, it has not."""
    same = look.digests is not None and look.digests.sha256 in _own(case)
    served = look.status is not None and 200 <= look.status < 300
    if not (same and served and look.redirects and look.final_url and case.served_directly):
        return look
    here = home.vault.open(case.key, "cases.url", case.url_ct or b"")
    return look if look.final_url == here else replace(look, moved_to=look.moved_to or look.final_url)


def _known(home: Home, session: Session, case: Any, look: Look) -> Known:
    moved_known = look.moved_to is not None and cases.find(home, session, parse_url(look.moved_to)) is not None
    return Known(case.content, case.sha256, case.assessed_sha256, case.shape, moved_known)


def standing(case: Any, told: bool) -> Standing:
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
        rechecks.early(case.key, case.looks),
    )


def tally(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many looks had which outcome."""
    return {outcome.value: sum(1 for each in outcomes if each is outcome) for outcome in Outcome}
