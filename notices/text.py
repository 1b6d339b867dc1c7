"""What a notice says: its subject and its text, by the wording of the recipient's role and language.

Pure. Names only what the recipient hosts; no picture, no digest, no name of staff.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from hotline.facts import NoticeItem, NoticeOrder
from hotline.words import Classification
from notices.plain import one_line, one_token
from notices.wording import Wording, fill, wording

ACT_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Frame:
    """What a message says of its sender, and the marks by which its answers find their way back.

    ``return_path`` is the notice's own address; ``message_id`` stands in angle brackets; ``answer_token`` opens the
    host's page; ``now`` dates the message.
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


def gravest(order: NoticeOrder) -> Classification:
    """The classification that the message as a whole goes by."""
    found = {item.classification for item in order.items}
    return Classification.BASELINE if Classification.BASELINE in found else Classification.NATIONAL


def subject_of(order: NoticeOrder, words: Wording) -> str:
    """Classification, number of URLs, and whose they are."""
    provider = one_line(order.provider_name) or words.say("subject", "unnamed")
    code = words.say("codes", gravest(order).value)
    return words.number("subject", len(order.items), code=code, provider=provider)


def text_of(order: NoticeOrder, frame: Frame, way: Literal["mail", "form"] = "mail") -> str:
    """The text, by the wording of the recipient's role: as part of a message, or to be pasted into a form."""
    words = wording(frame.language)
    text = fill(
        words.notice,
        opening=words.openings[order.role],
        classification=words.say("classifications", gravest(order).value),
        count=words.number("count", len(order.items)),
        deadline=_time(frame.now + ACT_WITHIN),
        link=f"{frame.public_url}/answer#{frame.answer_token}",
        by_mail=words.say(way, "answer", reply_to=frame.return_path),
        attached=words.say(way, "attached"),
        again=words.say("asked", "again", round=order.round) + "\n" if order.round > 1 else "",
        asks=words.asks[order.role],
        next=_warning(order, words),
        where="\n\n".join(_item_text(n, item, words) for n, item in enumerate(order.items, 1)),
        asked_before=_asked_text(order, words),
        organisation=one_line(frame.organisation),
        country=frame.country,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


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
    said = words.say("asked", "next", role=words.say("roles", order.warns.role.value), at=_time(order.warns.at))
    return f"          {said}\n"


def _asked_text(order: NoticeOrder, words: Wording) -> str:
    if not order.asked_before:
        return ""
    asked = [
        words.say("asked", "line", role=words.say("roles", before.role.value), at=_time(before.at))
        for before in order.asked_before
    ]
    return "\n".join([words.say("asked", "heading"), *asked, ""])


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
