"""From what a look saw to what it means. Unknown is not gone (DESIGN.md, decision 6).

Two pure decisions: ``judge`` reads one look; ``consequence`` puts it into the case's history, so that a removal
needs two looks that found the URL gone, far enough apart, with none between them that found it online.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hotline.facts import Look, Sibling
from hotline.words import CaseState, Content, ListKind, Outcome, Wall
from takedown import rechecks
from takedown.workflow import ENDED, Because

NEAR: Final = 31
"""The greatest PDQ distance (bits of 256) at which two pictures count as the same (PDQ's own recommendation)."""

SHAPE_NEAR: Final = 10
"""The greatest distance (bits of 64) at which two pages count as the same."""

DENIALS: Final = frozenset({404, 410, 451})
"""The statuses by which a site says that nothing is there."""

ANSWERS: Final = frozenset({200, 203})
"""The statuses by which a site says that what it sends is what was asked for. Of the other successes one is a promise
(202, also of walls), and some come without a body or with a part of it (204, 205, 206; RFC 9110, 15.3).
"""


BEFORE_IT: Final = {
    Wall.LOGIN: "a login stands before it",
    Wall.AGE: "an age gate stands before it",
    Wall.CHALLENGE: "a challenge stands before it",
    Wall.CONSENT: "a demand for consent stands before it",
    Wall.MAINTENANCE: "the site says that it is out of order for a while",
    Wall.COUNTRY: "the site says that it does not serve this country",
    Wall.SCRIPTS: "a page that only scripts would fill",
}


@dataclass(frozen=True)
class Known:
    """What is known of a case before the look. ``moved_known``: its new address is a case of its own already."""

    content: Content | None = None
    sha256: str | None = None
    assessed_sha256: str | None = None
    shape: str | None = None
    moved_known: bool = False


@dataclass(frozen=True)
class Verdict:
    """What one look means, and why, in words that name no address."""

    outcome: Outcome
    reason: str


def judge(known: Known, look: Look) -> Verdict:
    """The meaning of one look. Any fault of ours, or anything that is not understood, is ``unclear``."""
    there = _glanced(look) or _seen(known, look)
    return there or _deaf(look) or _proven(known, look, _denied(look) or _unanswered(look) or _replaced(known, look))


def _proven(known: Known, look: Look, verdict: Verdict) -> Verdict:
    """Whether what seems to be gone, or something else, is not merely withheld from us or put elsewhere."""
    if look.fault or verdict.outcome not in (Outcome.GONE, Outcome.CHANGED):
        return verdict
    if look.moved_to and not known.moved_known:
        return Verdict(Outcome.MOVED, f"{verdict.reason}; the same file is linked at another address")
    if look.may_be_wall and verdict.outcome is Outcome.GONE:
        return Verdict(Outcome.UNCLEAR, "the whole site answers with one page, which may stand before it like a login")
    if look.path_unclear and verdict.outcome is Outcome.GONE:
        return Verdict(Outcome.UNCLEAR, f"{verdict.reason}, but a page on the way to it could not be seen")
    return verdict


_STRONGEST: Final = (Outcome.ONLINE, Outcome.MOVED, Outcome.UNCLEAR, Outcome.CHANGED, Outcome.GONE)


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """What all looks of one visit, from every vantage and as each visitor, mean together; pure.

    Online anywhere is online; unclear anywhere else is unclear, for a site may deny one visitor what it shows to
    another; gone needs every vantage to say so (CONTRACT, ``HOTLINE_VANTAGES``).
    """
    outcomes = {verdict.outcome for verdict in verdicts}
    strongest = next(outcome for outcome in _STRONGEST if outcome in outcomes)
    verdict = next(each for each in verdicts if each.outcome is strongest)
    if len(verdicts) == 1 or outcomes == {strongest}:
        return verdict
    return Verdict(strongest, f"{verdict.reason}; {len(verdicts)} looks do not agree")


BY: Final = {
    "validator": "the same file, by its validator",
    "beginning": "the same file, by its length and its beginning",
}


def _glanced(look: Look) -> Verdict | None:
    return Verdict(Outcome.ONLINE, BY[look.by]) if look.by else None


def _seen(known: Known, look: Look) -> Verdict | None:
    digests = look.digests
    if look.fault or digests is None:
        return None
    if look.media_seen:
        denied = f"answered {look.status}, and shows" if look.status in DENIALS else "it shows"
        return Verdict(Outcome.ONLINE, f"{denied} known files: {look.media_seen}")
    same = digests.sha256 in (known.sha256, known.assessed_sha256)
    if same and look.media_known:
        return None  # a page can stay as it is while its known files go: they decide, below
    if same:
        if look.redirects and known.content is Content.MEDIA and look.moved_to:
            return Verdict(Outcome.MOVED, "the same file at the end of a redirect")
        return Verdict(Outcome.ONLINE, "the same content is served")
    if _same_page(known, look):
        return Verdict(Outcome.ONLINE, "the same page is served")
    vetoed = look.listed in (ListKind.HARMLESS, ListKind.PLACEHOLDER)
    if look.distance is not None and look.distance <= NEAR and not vetoed:
        if digests.pdq is None:
            return Verdict(Outcome.ONLINE, f"the same video, saved anew or cut (frames' PDQ distance {look.distance})")
        return Verdict(Outcome.ONLINE, f"the same picture, re-encoded (PDQ distance {look.distance})")
    if look.listed is ListKind.ILLEGAL:
        return Verdict(Outcome.ONLINE, "other known material is served")
    return None


def _same_page(known: Known, look: Look) -> bool:
    if known.content is not Content.PAGE or look.content is not Content.PAGE or look.media_known:
        return False
    return look.status in ANSWERS and _near(look.shape, known.shape)


def _deaf(look: Look) -> Verdict | None:
    if look.control is not False:
        return None
    return Verdict(Outcome.UNCLEAR, "our own canary cannot be seen from this vantage: the fault is ours")


def _denied(look: Look) -> Verdict | None:
    if look.fault == "nxdomain":
        if look.redirects:
            return Verdict(Outcome.UNCLEAR, "it leads to another name, and that does not exist")
        if look.resolvers_denying >= 2 and look.resolvers_denying == look.resolvers_asked:
            return Verdict(Outcome.GONE, f"{look.resolvers_denying} resolvers say that the name does not exist")
        return Verdict(Outcome.UNCLEAR, "the name does not exist by one resolver alone; two are needed")
    if look.status not in DENIALS or look.fault or look.wall:
        return None
    if look.media_unclear:
        return Verdict(
            Outcome.UNCLEAR, f"answered {look.status} with files that were not looked at: {look.media_unclear}"
        )
    return Verdict(Outcome.GONE, f"answered {look.status}")


def _unanswered(look: Look) -> Verdict | None:
    if look.fault:
        return Verdict(Outcome.UNCLEAR, look.fault_reason or look.fault)
    if look.wall:
        return Verdict(Outcome.UNCLEAR, BEFORE_IT[look.wall])
    if look.status not in ANSWERS:
        return Verdict(Outcome.UNCLEAR, f"answered {look.status}")
    if look.digests is None:
        return Verdict(Outcome.UNCLEAR, "answered, but nothing of it was read")
    return None


def _replaced(known: Known, look: Look) -> Verdict:
    if look.listed is ListKind.PLACEHOLDER:
        return Verdict(Outcome.GONE, "a known placeholder is served in its place")
    if known.sha256 is None:
        return _first(look)
    if known.content is Content.PAGE:
        return _page(known, look)
    if _same_as_sibling(look.sibling, look):
        return Verdict(Outcome.GONE, "the site answers the same for any address: nothing is here any more")
    if look.sibling is None and look.content is not Content.MEDIA:
        return Verdict(Outcome.UNCLEAR, "a page instead of the file, and the site could not be probed")
    return Verdict(Outcome.CHANGED, "other content is served under the URL")


def _first(look: Look) -> Verdict:
    if look.listed is ListKind.HARMLESS:
        return Verdict(Outcome.CHANGED, "a known harmless file is served under the URL")
    if _same_as_sibling(look.sibling, look):
        return Verdict(Outcome.GONE, "the site answers the same for any address: nothing is here any more")
    return Verdict(Outcome.ONLINE, "answered at the first look")


def _page(known: Known, look: Look) -> Verdict:
    if look.content is not Content.PAGE:
        return Verdict(Outcome.CHANGED, "no page is served under the URL any more")
    if look.media_known:
        return _page_media(known, look)
    if _same_as_sibling(look.sibling, look):
        return Verdict(Outcome.GONE, "the site answers the same for any address: nothing is here any more")
    return Verdict(Outcome.CHANGED, "another page is served under the URL")


def _page_media(known: Known, look: Look) -> Verdict:
    if look.media_unclear:
        return Verdict(Outcome.UNCLEAR, f"files of the page that were not looked at: {look.media_unclear}")
    if look.waits and not _near(look.shape, known.shape):
        return Verdict(Outcome.CHANGED, "another page without its known files, which may stand before it like a login")
    return Verdict(Outcome.GONE, "none of its known files is on the page any more")


def _same_as_sibling(sibling: Sibling | None, look: Look) -> bool:
    if sibling is None or look.digests is None or sibling.status != look.status or sibling.content is not look.content:
        return False
    return sibling.sha256 == look.digests.sha256 or _near(sibling.shape, look.shape)


def _near(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= SHAPE_NEAR


@dataclass(frozen=True)
class Standing:
    """The part of a case that looks change.

    ``looks`` counts since the first notice, or since the removal. ``told``: somebody was asked in this episode, or the
    case was referred, so that it is looked at at growing gaps. ``early``: the part of the next gap that is left out
    (``rechecks.early``).
    """

    state: CaseState
    looks: int
    last_online_at: datetime | None = None
    first_gone_at: datetime | None = None
    removed_at: datetime | None = None
    watch_until: datetime | None = None
    due_at: datetime | None = None
    told: bool = False
    early: float = 0.0


@dataclass(frozen=True)
class Consequence:
    """The case's standing after a look, and the move that it causes, if any."""

    standing: Standing
    because: Because | None = None


def consequence(standing: Standing, outcome: Outcome, at: datetime, removal_gap: timedelta) -> Consequence:
    """What a look's outcome does to a case; pure."""
    if standing.state in ENDED:
        return Consequence(standing)
    after = replace(standing, looks=standing.looks + 1)
    if standing.state is CaseState.REMOVED:
        return _while_watched(after, outcome, at)
    if outcome is Outcome.GONE:
        return _gone(after, at, removal_gap)
    first_gone_at = after.first_gone_at if outcome is Outcome.UNCLEAR else None
    last_online_at = after.last_online_at if outcome in (Outcome.UNCLEAR, Outcome.CHANGED) else at
    after = replace(
        after,
        first_gone_at=first_gone_at,
        last_online_at=last_online_at,
        due_at=_next_look(after, first_gone_at, at),
    )
    return Consequence(after, Because.CHANGED if outcome is Outcome.CHANGED else None)


def _next_look(standing: Standing, first_gone_at: datetime | None, at: datetime) -> datetime | None:
    # Nobody has been asked yet: the next look belongs to the notice (CONTRACT, "When a case is looked at"), but a
    # look that may confirm a removal is always due.
    if not standing.told and first_gone_at is None:
        return None
    return rechecks.after(at, rechecks.gap(standing.looks), standing.early)


def _gone(after: Standing, at: datetime, removal_gap: timedelta) -> Consequence:
    if after.first_gone_at is None:
        return Consequence(replace(after, first_gone_at=at, due_at=at + removal_gap))
    if at - after.first_gone_at < removal_gap:
        return Consequence(replace(after, due_at=after.first_gone_at + removal_gap))
    removed = replace(
        after,
        looks=0,
        removed_at=after.first_gone_at,
        watch_until=at + rechecks.WATCH,
        due_at=rechecks.after(at, rechecks.watch_gap(0), after.early),
    )
    return Consequence(removed, Because.GONE_TWICE)


def _while_watched(after: Standing, outcome: Outcome, at: datetime) -> Consequence:
    if outcome in (Outcome.ONLINE, Outcome.MOVED):
        again = replace(
            after, looks=0, last_online_at=at, first_gone_at=None, removed_at=None, watch_until=None, due_at=None
        )
        return Consequence(replace(again, told=False), Because.SEEN_AGAIN)
    if after.watch_until is not None and at >= after.watch_until:
        return Consequence(replace(after, due_at=None), Because.WATCH_ENDED)
    due = rechecks.after(at, rechecks.watch_gap(after.looks), after.early)
    return Consequence(replace(after, due_at=min(due, after.watch_until or due)))
