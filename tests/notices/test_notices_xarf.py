"""XARF documents: what XARF's own schemas and parser say of them, and that they tell no more than they may."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import xarf as published
from hostile_words import FRAME, HOSTILE, leaves, parsed
from hypothesis import given
from hypothesis import strategies as st
from notice_builders import START, item, order

from hotline.facts import NoticeItem
from hotline.words import Classification, DigestKind, Origin
from notices.composition import MOST_DOCUMENTS, compose
from notices.exports import xarf_in
from notices.plain import one_token
from notices.xarf import as_line, as_text, document_of, report_id

DIGESTS = ((DigestKind.MD5, "a" * 32), (DigestKind.SHA1, "b" * 40), (DigestKind.SHA256, "c" * 64))
LEFT_OUT = {
    "evidence", "confidence", "media_type", "hash_values", "ncmec_report_id", "content_removed", "target_brand",
    "source_port", "domain", "photodna",
}  # fmt: skip
"""What XARF recommends and we never know or never say; ``domain`` and digests stand there where there are any."""


def problems(document: dict[str, Any], *, strict: bool = False) -> list[str]:
    """What XARF's package finds wrong or strange."""
    result = published.parse(document, strict=strict)
    assert strict or result.report is not None
    return [*(error.message for error in result.errors), *(warning.message for warning in result.warnings)]


addresses = st.one_of(
    st.none(), HOSTILE, st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str), st.just("fe80::1%eth0")
)
urls = st.one_of(
    HOSTILE,
    HOSTILE.map(lambda path: "http://meadow.example/" + path),
    st.sampled_from(
        ["http://192.0.2.7/a", "http://[2001:db8::1]/a", "https://xn--bcher-kva.example/a", "http://onion/"]
    ),
)
items = st.builds(
    NoticeItem,
    case_id=st.integers(1, 10**9),
    episode=st.integers(1, 9),
    url=urls,
    ip=addresses,
    seen_at=st.timedeltas(timedelta(0), timedelta(days=9000)).map(lambda gone: START + gone),
    classification=st.sampled_from(Classification),
    origin=st.sampled_from(Origin),
    digests=st.sets(st.sampled_from(DIGESTS)).map(lambda some: tuple(sorted(some))),
)


@given(items, HOSTILE)
def test_every_document_is_what_the_published_schema_asks_for(one: NoticeItem, organisation: str) -> None:
    document = document_of(one, replace(FRAME, organisation=organisation))
    assert problems(document) == []
    missing = " ".join(problems(document, strict=True))
    assert set(re.findall(r"'(\w+)' is a required property", missing)) <= LEFT_OUT
    assert json.loads(as_text(document)) == json.loads(as_line(document)) == document
    assert as_text(document).isascii() and as_line(document).count("\n") == 1


def test_the_schema_s_validator_does_find_what_is_wrong() -> None:
    document = document_of(item(), FRAME)
    for name in ("classification", "detection_method", "url", "report_id", "sender"):
        assert problems({key: value for key, value in document.items() if key != name}, strict=True)
    assert problems(document | {"classification": "national"}, strict=True)


def test_a_document_names_one_url_and_who_says_it() -> None:
    document = document_of(item(), FRAME)
    who = {"org": "Practice hotline", "contact": "notice@hotline.example", "domain": "hotline.example"}
    assert document["reporter"] == document["sender"] == who
    assert (document["url"], document["source_identifier"], document["domain"]) == (
        "http://meadow.example/a.png", "198.51.100.7", "meadow.example",
    )  # fmt: skip
    assert (document["xarf_version"], document["category"], document["type"]) == ("4.2.0", "content", "csam")
    assert document["timestamp"] == document["verified_at"] == "2030-01-01T00:00:00Z"


def test_without_an_address_the_host_is_the_source() -> None:
    assert document_of(item(ip=None), FRAME)["source_identifier"] == "meadow.example"
    assert document_of(item(url="http://[2001:db8::1]/a", ip=None), FRAME)["source_identifier"] == "2001:db8::1"


@pytest.mark.parametrize("classification", list(Classification))
def test_our_class_stands_beside_xarf_s_and_never_claims_more(classification: Classification) -> None:
    document = document_of(item(classification=classification), FRAME)
    assert f"custom:classification_{classification.value}" in document["tags"]
    assert classification.value in document["description"]
    assert (document["classification"] == "baseline") == (classification is Classification.BASELINE)


def test_what_people_confirmed_is_told_from_what_a_list_found() -> None:
    confirmed, found = document_of(item(), FRAME), document_of(item(origin=Origin.CRAWL), FRAME)
    assert (confirmed["detection_method"], confirmed["verification_method"]) == ("manual_review", "manual")
    assert (found["detection_method"], found["verification_method"]) == ("hash_match", "automated_crawler")


def test_nothing_is_shown_and_nothing_described() -> None:
    document = document_of(item(digests=DIGESTS), FRAME)
    assert not {"evidence", "screenshot_url", "media_type", "_internal", "ncmec_report_id"} & set(document)


def test_a_number_is_the_same_for_the_same_case_of_the_same_message_and_for_no_other() -> None:
    one = report_id(FRAME.message_id, item(7))
    assert one == report_id(FRAME.message_id, item(7, "http://meadow.example/other"))
    others = [report_id(FRAME.message_id, item(8)), report_id("<another>", item(7))]
    others.append(report_id(FRAME.message_id, replace(item(7), episode=2)))
    assert len({one, *others}) == 4 and all(UUID(str(each)).version == 4 for each in (one, *others))


def test_no_digest_is_in_a_message_unless_it_is_let_out() -> None:
    raw = compose(order(), FRAME)
    assert b"hash_values" not in raw and b"sha256" not in raw and b"md5" not in raw
    assert b'"case","url","ip","seen_at","classification"\r\n' in raw
    (document,) = xarf_in(compose(order(item(digests=DIGESTS[:1])), FRAME))
    assert document["hash_values"] == {"md5": "a" * 32}


@pytest.mark.parametrize("count", [1, 2, MOST_DOCUMENTS, MOST_DOCUMENTS + 1, 1000])
def test_the_documents_are_read_back_as_they_were_mailed(count: int) -> None:
    many = [item(n, f"http://meadow.example/{n}.png") for n in range(1, count + 1)]
    raw = compose(order(*many), FRAME)
    assert [document["url"] for document in xarf_in(raw)] == [one_token(each.url) for each in many]
    names = [part.get_filename() for part in leaves(parsed(raw)) if (part.get_filename() or "").startswith("xarf")]
    assert names == ([f"xarf-{n}.json" for n in range(1, count + 1)] if count <= MOST_DOCUMENTS else ["xarf.jsonl"])
