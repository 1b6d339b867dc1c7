"""What a notice says: its subject and its text, by the wording of the recipient's role and language.

In the recipient's language, English beside. Pure. Names only what the recipient hosts; no picture, no digest, no name
of staff.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from hotline.facts import NoticeItem, NoticeOrder
from hotline.words import Classification, ContactRole
from notices.languages import ENGLISH, is_in_union
from notices.laws import Laws
from notices.plain import one_line, one_token
from notices.wording import Wording, fill_lines, wording

Way = Literal["mail", "form"]

ACT_WITHIN: Final = timedelta(hours=24)

_HOSTS: Final = frozenset({ContactRole.HOST, ContactRole.PLATFORM})
"""Who stores what others provide: providers of hosting services in the sense of Regulation (EU) 2022/2065."""
_RULE: Final = "-" * 76


@dataclass(frozen=True)
class Frame:
    """What a message says of its sender, and the marks by which its answers find their way back.

    ``return_path`` is the notice's own address; ``message_id`` stands in angle brackets; ``answer_token`` opens the
    host's page; ``now`` dates the message. ``recipient``: the recipient's country, where it is known; ``laws`` name
    the paragraphs; ``flagger``: the country that made the sender a trusted flagger of the European Union.
    """

    mail_from: str
    return_path: str
    message_id: str
    organisation: str
    country: str
    public_url: str
    answer_token: str
    now: datetime
    language: str
    recipient: str | None = None
    laws: Laws = field(default_factory=Laws, repr=False)
    flagger: str | None = None


def gravest(order: NoticeOrder) -> Classification:
    """The classification that the message as a whole goes by."""
    found = {item.classification for item in order.items}
    return Classification.BASELINE if Classification.BASELINE in found else Classification.NATIONAL


def subject_of(order: NoticeOrder, words: Wording) -> str:
    """Classification, number of URLs, and whose they are."""
    provider = one_line(order.provider_name) or words.say("subject", "unnamed")
    code = words.say("codes", gravest(order).value)
    return words.number("subject", len(order.items), code=code, provider=provider)


def content_language(frame: Frame) -> str:
    """The languages of the text (RFC 3282)."""
    return ", ".join(dict.fromkeys((frame.language, ENGLISH)))


def subject_line(order: NoticeOrder, frame: Frame) -> str:
    """The subject in the recipient's language; what it is stands beside in English."""
    words = wording(frame.language)
    subject = subject_of(order, words)
    return subject if frame.language == ENGLISH else f"{subject} / {wording(ENGLISH).say('subject', 'beside')}"


def text_of(order: NoticeOrder, frame: Frame, way: Way = "mail") -> str:
    """The text, by the wording of the recipient's role: as part of a message, or to be pasted into a form.

    What is asked stands in the recipient's language, then in English; the addresses stand once, below both.
    """
    spoken = tuple(dict.fromkeys((frame.language, ENGLISH)))
    asked = [_asking(order, frame, way, wording(language)) for language in spoken]
    parts = [
        wording(frame.language).say("list", "beside"),
        f"\n\n{_RULE}\n\n".join(asked),
        _RULE,
        _list(order, spoken),
        _both(spoken, way, "attached"),
        f"{one_line(frame.organisation)}, {frame.country}",
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(part for part in parts if part)) + "\n"


def _asking(order: NoticeOrder, frame: Frame, way: Way, words: Wording) -> str:
    """What it is, where, by when and what to do, in one language."""
    return fill_lines(
        words.notice,
        opening=words.openings[order.role],
        classification=words.say("classifications", gravest(order).value),
        law="\n".join(reasons(order, frame, words)),
        count=words.number("count", len(order.items)),
        deadline=_time(frame.now + ACT_WITHIN),
        link=f"{frame.public_url}/answer#{frame.answer_token}",
        by_mail=words.say(way, "answer", reply_to=frame.return_path),
        again=words.say("asked", "again", round=order.round) if order.round > 1 else "",
        asks=words.asks[order.role],
        duty=_duty(order, frame, words),
        next=_warning(order, words),
        asked_before=_asked_text(order, words),
        dsa=_union_text(order, frame, words),
    ).strip("\n")


def reasons(order: NoticeOrder, frame: Frame, words: Wording) -> Iterator[str]:
    """Under which law the material is punishable, for each classification in the order.

    What is illegal everywhere is told by the law of the recipient's country. What is illegal by the law of ours is
    told by that alone: we do not claim that another country's law says the same.
    """
    found = {item.classification for item in order.items}
    if Classification.BASELINE in found:
        law = frame.laws.of(frame.recipient)
        if law is not None:
            yield words.say("law", "country", law=words.cited(law, frame.recipient))
        else:
            yield words.say("law", "union" if is_in_union(frame.recipient) else "world")
    if Classification.NATIONAL in found:
        own = frame.laws.of(frame.country)
        if own is not None:
            yield words.say("law", "national", country=frame.country, law=words.cited(own, frame.country))
        else:
            yield words.say("law", "national_unnamed", country=frame.country)


def _duty(order: NoticeOrder, frame: Frame, words: Wording) -> str:
    """What the law wants of a provider; a hotline is none."""
    law = frame.laws.of(frame.recipient) if order.role is not ContactRole.HOTLINE else None
    return words.say("law", "duty", duty=words.duty(law, frame.recipient)) if law and law.duty else ""


def _union_text(order: NoticeOrder, frame: Frame, words: Wording) -> str:
    """The elements of Article 16(2) of Regulation (EU) 2022/2065, for those whom it binds: hosts in the Union."""
    if order.role not in _HOSTS or not is_in_union(frame.recipient):
        return ""
    flagger = words.say("law", "flagger", country=frame.flagger) if frame.flagger else ""
    who = {"organisation": one_line(frame.organisation), "country": frame.country, "mail_from": frame.mail_from}
    return fill_lines(words.union, flagger=flagger, **who).strip("\n")


def _list(order: NoticeOrder, spoken: Sequence[str]) -> str:
    words = wording(spoken[0])
    heading = " / ".join(wording(each).say("list", "heading") for each in spoken)
    legends = "\n".join(f"({wording(each).say('list', 'legend')})" for each in spoken)
    items = "\n\n".join(_item_text(number, item, words) for number, item in enumerate(order.items, 1))
    return f"{heading}\n{legends}\n\n{items}"


def _both(spoken: Sequence[str], table: str, name: str) -> str:
    return "\n".join(said for each in spoken if (said := wording(each).say(table, name)))


def _item_text(number: int, item: NoticeItem, words: Wording) -> str:
    facts = words.say(
        "item",
        "facts",
        ip=one_token(item.ip) if item.ip else words.say("item", "no_ip"),
        seen_at=_time(item.seen_at),
        classification=words.say("codes", item.classification.value),
        case=item.case_id,
    )
    lines = [words.say("item", "address", number=number, url=one_token(item.url)), facts]
    if item.pages:
        lines.append(words.say("item", "pages"))
        lines.extend(words.say("item", "page", page=one_token(page)) for page in item.pages)
    return "\n".join(lines)


def _warning(order: NoticeOrder, words: Wording) -> str:
    """Who is asked next, so that nobody is passed over unwarned."""
    if order.warns is None:
        return ""
    return words.say("asked", "next", role=words.say("roles", order.warns.role.value), at=_time(order.warns.at))


def _asked_text(order: NoticeOrder, words: Wording) -> str:
    if not order.asked_before:
        return ""
    asked = [
        words.say("asked", "line", role=words.say("roles", before.role.value), at=_time(before.at))
        for before in order.asked_before
    ]
    return "\n".join([words.say("asked", "heading"), *asked])


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
