"""XARF documents: a notice's URLs as the tools of abuse desks read them (XARF 4.2.0, type ``content/csam``).

Pure: the same item and frame give the same document. No evidence, no screenshot, no kind of media: nothing is told
beyond the classification. The shape is checked in the tests against the schemas that the ``xarf`` package brings.
"""

import hashlib
import json
import re
from typing import Any, Final
from uuid import UUID

from hotline.clock import utc_text
from hotline.facts import NoticeItem
from hotline.words import Classification, Origin
from notices.listing import host_of, ip_of
from notices.plain import one_line, one_token
from notices.text import Frame
from notices.tokens import domain_of

Document = dict[str, Any]

VERSION: Final = "4.2.0"

_CLASSES: Final = {Classification.BASELINE: "baseline", Classification.NATIONAL: "B2"}
"""Ours to XARF's. It has none for what is illegal by a country's own law: ``B2``, the least grave of its five, claims
the least. The tag and the description of the document say what it stands for (decision 0023)."""

_FOUND_BY: Final = {
    Origin.REPORT: ("manual_review", "manual", "researcher_analysis"),
    Origin.CRAWL: ("hash_match", "automated_crawler", "crawler"),
}
"""How it was detected, how it was verified, and what kind of source that is, in XARF's words."""

_DOMAIN: Final = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")
"""What the schema takes for a domain: no internationalised label, no address."""


def document_of(item: NoticeItem, frame: Frame) -> Document:
    """One URL as a document."""
    detected, verified, source = _FOUND_BY[item.origin]
    seen = utc_text(item.seen_at)
    host = host_of(item)
    sender = _sender(frame)
    document: Document = {
        "xarf_version": VERSION,
        "report_id": str(report_id(frame.message_id, item)),
        "timestamp": seen,
        "reporter": sender,
        "sender": dict(sender),
        "source_identifier": ip_of(item) or host or one_token(item.url),
        "category": "content",
        "type": "csam",
        "url": one_token(item.url),
        "classification": _CLASSES[item.classification],
        "detection_method": detected,
        "verification_method": verified,
        "verified_at": seen,
        "evidence_source": source,
        "tags": [f"custom:case_{item.case_id}", f"custom:classification_{item.classification.value}"],
        "description": _description(item),
    }
    if host is not None and _DOMAIN.fullmatch(host):
        document["domain"] = host
    if item.digests:
        document["hash_values"] = {kind.value: digest for kind, digest in item.digests}
    return document


def as_text(document: Document) -> str:
    """A document on lines of its own, ASCII alone."""
    return json.dumps(document, indent=1) + "\n"


def as_line(document: Document) -> str:
    """A document on one line (JSON lines)."""
    return json.dumps(document, separators=(",", ":")) + "\n"


def report_id(message_id: str, item: NoticeItem) -> UUID:
    """Always the same for this case in this message; in the form of a UUID version 4, which XARF asks for.

    A Message-ID is a keyed hash, so nobody can tell another notice's.
    """
    told = f"xarf {message_id} {item.case_id} {item.episode}"
    return UUID(bytes=hashlib.sha256(told.encode()).digest()[:16], version=4)


def _sender(frame: Frame) -> dict[str, str]:
    return {
        "org": one_line(frame.organisation),
        "contact": frame.mail_from,
        "domain": domain_of(frame.mail_from),
    }


def _description(item: NoticeItem) -> str:
    if item.classification is Classification.NATIONAL:
        value = _CLASSES[item.classification]
        return f"Class: national (illegal by national law). XARF has no such value; {value} stands for it, no more."
    return f"Class: {item.classification.value}."
