"""A case's history as sentences, in order of time: what a coordinator reads out to a host, or to a minister.

Looks that saw the same, one after the other with nothing between, are told together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

Document = dict[str, Any]

_SEEN: Final = {
    "online": "Seen online",
    "gone": "Found gone",
    "changed": "Found changed",
    "moved": "Found to have moved",
    "unclear": "No look could tell",
}

_MOVED: Final = {
    "confirmed": "The case goes on, and is located anew: {reason}.",
    "ready": "Who hosts it is known.",
    "notified": "The case goes on: {reason}.",
    "escalated": "The case goes on: {reason}.",
    "referred": "Referred to another authority: {reason}.",
    "review": "Waits for a person: {reason}.",
    "reappeared": "It is back: {reason}. A new episode begins, with a clock of its own.",
    "closed": "Closed: {reason}.",
    "rejected": "Rejected: {reason}.",
}

_SAID: Final = {
    "removed": "that it has removed it",
    "not_here": "that it is not there",
    "need_time": "that it needs time",
    "dispute": "that it disputes the notice",
    "wrong_address": "that it is the wrong one to ask",
    "use_form": "that it wants its form filled in",
}

_REPLIED: Final = {
    "bounced": "Notice {notice} came back: its recipient cannot be reached.",
    "automatic": "An automatic answer to notice {notice} came.",
    "replied": "An answer to notice {notice} came.",
    "unmatched": "An answer came that names no notice.",
}

_DELIVERED: Final = {
    "deferred": "Notice {notice} was not taken for now{code}; it is tried again.",
    "refused": "Notice {notice} was refused for good{code}.",
    "unknown": "Whether notice {notice} arrived is not known: no answer came after its last byte.",
}


@dataclass(frozen=True)
class Event:
    """Something that happened. ``rank`` orders what happened at one moment.

    ``seen`` marks a look, and says what it saw; ``evidence`` has a line for each place that it was taken from.
    """

    at: str
    rank: int
    text: str
    seen: str | None = None
    evidence: tuple[str, ...] = ()


def told(case: Document, *, every_look: bool = False) -> list[str]:
    """The case as lines: what it is, what happened, and what is next.

    ``case`` is ``takedown.views.detail``; what is withheld there is left out here.
    """
    events = sorted(_events(case), key=lambda event: (event.at, event.rank))
    lines = [line for run in _runs(events, every_look) for line in _line(run)]
    return [*_head(case), *lines, "", _next(case)]


def _head(case: Document) -> list[str]:
    where = case["provider"]
    network = f", AS{where['asn']}" if where and where["asn"] else ""
    hosted = (
        f"{_hosted(case)} {where['name']} ({where['country'] or '?'}{network})"
        if where
        else "who hosts it is not known"
    )
    again = f", episode {case['episode']}" if case["episode"] > 1 else ""
    found = "a confirmed report" if case["origin"] == "report" else "the crawl"
    match = case["match"]
    by = f", which matched {match['kind']} of the list {match['list']}" if match else ""
    return [
        f"Case {case['id']} is {case['state']}{again}: {case['classification']}, from {found}{by}",
        f"  {case['url'] or '(address withheld)'}",
        f"  {hosted}",
        *(f"  seen on {page}" for page in case["found_on"]),
        *([f"  under an embargo until {_time(case['embargo_until'])}"] if case["embargo_until"] else []),
        "  times are UTC",
        "",
    ]


def _hosted(case: Document) -> str:
    """Whether who is known hosts it, or only stands in front of who does."""
    last = max(case["findings"], key=lambda finding: str(finding["observed_at"]), default=None)
    edge = last is not None and last["certainty"] == "cdn_edge" and last["provider"] == case["provider"]
    return "hosted behind the CDN" if edge else "hosted by"


def _next(case: Document) -> str:
    return f"Next look: {_time(case['due_at'])}." if case["due_at"] else "No look is planned."


def _runs(events: list[Event], every_look: bool) -> Iterator[list[Event]]:
    for seen, run in groupby(events, key=lambda event: event.seen):
        if seen is None or every_look:
            yield from ([event] for event in run)
        else:
            yield [replace(event, evidence=()) for event in run]


def _line(run: list[Event]) -> Iterator[str]:
    first, last = run[0], run[-1]
    if first.seen is None:
        yield f"  {_time(first.at)}  {first.text}"
    elif len(run) == 1:
        yield f"  {_time(first.at)}  {first.seen}: {first.text}."
        yield from (f"      {line}" for line in first.evidence)
    else:
        reasons = list(dict.fromkeys(event.text for event in run))
        why = "; ".join(reasons[:3]) + ("; …" if len(reasons) > 3 else "")
        yield f"  {_time(first.at)}  {first.seen} {len(run)} times, the last at {_time(last.at)}: {why}."


def _events(case: Document) -> Iterator[Event]:
    yield from (Event(row["at"], 0, _decided(row)) for row in case["assessments"])
    yield from _looks(case)
    yield from _moves(case)
    yield from (Event(row["at"], 4, _delivered(case, row)) for row in case["deliveries"])
    yield from (Event(row["received_at"], 6, _replied(row)) for row in case["replies"])
    yield from (Event(row["at"], 6, _said(row)) for row in case["answers"] if row["way"] != "mail")


def _looks(case: Document) -> Iterator[Event]:
    pairs = zip(case["observations"], case["evidence"], strict=True)
    observations = {at: list(rows) for at, rows in groupby(pairs, key=lambda pair: str(pair[0]["at"]))}
    for row in case["verdicts"]:
        rows = observations[row["at"]]
        where = f", from {' and '.join(each['vantage'] for each, _ in rows)}" if len(rows) > 1 else ""
        seen = "Still gone" if row["outcome"] == "gone" and _is_watched(case, row["at"]) else _SEEN[row["outcome"]]
        yield Event(row["at"], 2, f"{row['reason']}{where}", seen, tuple(_evidence(*pair) for pair in rows))


def _is_watched(case: Document, at: str) -> bool:
    before = [row["to"] for row in case["moves"] if row["at"] < at]
    return before[-1:] == ["removed"]


def _evidence(row: Document, facts: Document) -> str:
    said = str(row["status"]) if row["status"] else facts.get("fault_reason") or "no answer"
    names = [f"{each['outcome']} by {each['resolver']}" for each in facts.get("names") or ()]
    tls = facts.get("tls")
    parts = [
        f"{said} from {facts['peer']}" if facts.get("peer") else said,
        facts.get("media_type") or facts.get("said_type"),
        f"{row['bytes']:,} bytes",
        f"SHA-256 {row['sha256'][:16]}…" if row["sha256"] else None,
        f"PDQ distance {row['distance']}" if row["distance"] is not None else None,
        f"{tls['version']}, certificate until {_time(tls['valid_until'])}" if tls else None,
        f"names: {', '.join(names)}" if names else None,
        "by the confirming path" if facts.get("replayed") else None,
        _second(facts.get("phone")),
        "our canary was not seen" if facts.get("control") is False else None,
    ]
    return f"{row['vantage']}: {'; '.join(part for part in parts if part)}"


def _second(phone: Document | None) -> str | None:
    """What the same visitor got with a telephone's name, where that was tried."""
    if not phone:
        return None
    return f"as a telephone: {phone.get('status') or phone.get('fault_reason') or 'no answer'}"


def _moves(case: Document) -> Iterator[Event]:
    asked = {f"notice {row['id']} sent" for row in case["notices"]}
    for row in case["moves"]:
        event = Event(row["at"], 5, _MOVED.get(row["to"], "Now {to}: {reason}.").format(**row))
        if row["from"] is None:
            yield replace(event, rank=1, text=f"The case was opened: {row['reason']}.")
        elif row["to"] == "removed":
            yield replace(event, text=_removed(case, row))
        elif row["to"] == "reappeared":
            yield replace(event, rank=3)
        elif row["to"] == "ready":
            yield replace(event, rank=3, text=_located(case, row))
        elif row["reason"] not in asked:  # the notice's own line tells it
            yield event


def _removed(case: Document, row: Document) -> str:
    """Two looks, and how long it took from the first notice of this stay."""
    first, last = _gone_looks(case, row["at"])
    if first is None or last is None:
        return f"Removed: {row['reason']}."
    back = max((each["at"] for each in case["moves"] if each["to"] == "reappeared" and each["at"] < first), default="")
    sent = [each["sent_at"] for each in case["notices"] if each["sent_at"] and back <= each["sent_at"] <= first]
    since = f", {_span(min(sent), first)} after the first notice" if sent else ""
    apart = f"two looks, {_span(first, last)} apart, found it gone, and none between found it"
    return f"Removed: {apart}. Gone since {_time(first)}{since}."


def _gone_looks(case: Document, until: str) -> tuple[str | None, str | None]:
    """The first and the last of the gone looks that end at ``until``; unclear ones between them count for nothing."""
    first = last = None
    for each in reversed([each for each in case["verdicts"] if each["at"] <= until]):
        if each["outcome"] == "gone":
            first, last = each["at"], last or each["at"]
        elif each["outcome"] != "unclear":
            break
    return first, last


def _located(case: Document, row: Document) -> str:
    known = [each["provider"] for each in case["findings"] if each["observed_at"] <= row["at"]]
    # A finding that was found again unchanged has the later moment, and is the first of its kind.
    provider = next(iter([*known[-1:], *(each["provider"] for each in case["findings"])]), None)
    if not provider or not provider["name"]:
        return "Who hosts it is known."
    asn = f", AS{provider['asn']}" if provider["asn"] else ""
    return f"Located: {provider['name']} ({provider['country'] or '?'}{asn})."


def _delivered(case: Document, row: Document) -> str:
    notice = next((each for each in case["notices"] if each["id"] == row["notice"]), None)
    code = f" (code {row['code']})" if row["code"] else ""
    if row["outcome"] != "sent":
        return _DELIVERED[row["outcome"]].format(notice=row["notice"], code=code)
    if notice is None:
        return f"Notice {row['notice']} left."
    name = (notice["provider"] or {}).get("name")
    of = "" if notice["role"] in ("host", "platform", "cdn") else "of "
    role = "CDN" if notice["role"] == "cdn" else notice["role"].replace("_", " ")
    whom = f"the {role}{f' {of}{name}' if name else ''}"
    step = "the next was asked: " if notice["escalation"] else ""
    again = f", reminder {notice['round'] - 1}" if notice["round"] > 1 else ""
    to = f", {notice['to']}" if notice["to"] else ""
    return f"Notice {row['notice']} left{again}: {step}{whom}{to}."


def _replied(row: Document) -> str:
    says = f" It says {_SAID[row['says']]}; a look decides." if row["says"] else ""
    return _REPLIED[row["kind"]].format(notice=row["notice"]) + says


def _said(row: Document) -> str:
    grace = f" It has time until {_time(row['grace_until'])}." if row["grace_until"] else ""
    note = f" In its own words: {' '.join(row['note'].split())}" if row["note"] else ""
    return f"The recipient of notice {row['notice']} says {_SAID[row['answer']]}.{grace}{note}"


def _decided(row: Document) -> str:
    as_what = f" as {row['classification']}" if row["classification"] and row["decision"] == "confirm" else ""
    verb = {"confirm": "confirmed it", "reject": "rejected it", "continue": "let it go on", "close": "closed it"}
    why = f": {row['reason']}" if row["reason"] else ""
    return f"{row['by']} {verb[row['decision']]}{as_what}{why}.".replace("..", ".")


def _time(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _span(start: str, end: str) -> str:
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    if length >= timedelta(days=2):
        return f"{length / timedelta(days=1):.3g} days"
    if length > timedelta(minutes=90):
        return f"{length / timedelta(hours=1):.3g} hours"
    minutes = round(length / timedelta(minutes=1))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
