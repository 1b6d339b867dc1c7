"""Delivery reports in every shape that we can write, and hostile messages: each is what it is, and none takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_shapes import SHAPES

from hotline.words import ReplyKind
from notices import replies

RETURN = "notice+0123456789abcdef0123456789abcdef@hotline.example"
ID = f"<{'0a' * 20}@hotline.example>"


def filled(raw: bytes) -> bytes:
    for mark, value in ((b"RETURN", RETURN), (b"THEM", "abuse@meadow.example"), (b": ID", f": {ID}")):
        raw = raw.replace(mark, value.encode())
    return raw


def test_there_are_many_shapes() -> None:
    assert len(SHAPES) > 300 and len({name for name, _, _ in SHAPES}) == len(SHAPES)


@pytest.mark.parametrize(("raw", "kind"), [pytest.param(raw, kind, id=name) for name, raw, kind in SHAPES])
def test_each_shape_is_what_it_is_and_belongs_to_its_notice(raw: bytes, kind: ReplyKind) -> None:
    reading = replies.read(filled(raw))
    assert reading.kind is kind
    assert reading.clues[0].token == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(("raw", "kind"), [pytest.param(raw, kind, id=name) for name, raw, kind in SHAPES])
def test_lines_that_end_as_on_the_wire_change_nothing(raw: bytes, kind: ReplyKind) -> None:
    assert replies.read(filled(raw).replace(b"\n", b"\r\n")).kind is kind


TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "header",
    [
        f"Delivered-To: {RETURN}",
        f"X-Original-To: {RETURN.upper()}",
        f"Envelope-To: <{RETURN}>",
        f'To: "The hotline, notices" <{RETURN}>',
        f"To: a@b.example,\n {RETURN}",
        f"To: SRS0=HHH=TT=hotline.example=notice+{TOKEN}@relay.example",
        f"To: SRS1=HHH=relay.example==HHH=TT=hotline.example=notice+{TOKEN}@relay.example",
        f"To: prvs=1234abcdef=notice+{TOKEN}@hotline.example",
        f"To: btv1==0123456789==notice+{TOKEN}@hotline.example",
        f"Delivered-To: notice-{TOKEN}@hotline.example",
        f"Delivered-To: notice={TOKEN}@hotline.example",
        f"Delivered-To: 1-2-notice_{TOKEN}@hotline.example",
        f"To: notice+{TOKEN}=hotline.example@list.example",
        f"To: =?utf-8?q?notice=2B{TOKEN}=40hotline=2Eexample?=",
        f"X-Forwarded-To: {RETURN}",
        f"In-Reply-To: {ID}",
        f"References: <x@y.example>\n {ID}",
        f"In-Reply-To: {ID.upper()}",
    ],
)
def test_a_return_path_is_found_however_it_was_rewritten(header: str) -> None:
    clue = replies.read(f"{header}\nSubject: x\n\nremoved\n".encode()).clues[0]
    assert clue.token == TOKEN or clue.message_id == ID


@pytest.mark.parametrize(
    "text", ["case 17", "Re: [BASELINE] 3 URLs at Meadow Hosting", "notice 4711", "a" * 32, f"x{TOKEN}@b.example"]
)
def test_nothing_that_can_be_guessed_is_a_clue(text: str) -> None:
    assert replies.read(f"Subject: {text}\nTo: notice@hotline.example\n\n{text}\n".encode()).clues == ()


PIECES = (
    "[",
    "[#1",
    "<",
    "<script",
    "\n",
    " ",
    "user ",
    "delivery ",
    "--",
    "=?a?q?",
    "5.1.1.",
    "message was \n",
    ">",
    "+" + "0" * 32,
    "&#",
)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "message/delivery-status"])
def test_no_text_takes_long(piece: str, kind: str) -> None:
    body = piece * (300_000 // len(piece))
    raw = f"From: mailer-daemon@x.example\nSubject: returned mail\nContent-Type: {kind}\n\n{body}".encode()
    begun = time.process_time()
    replies.read(raw)
    replies.without_media(raw)
    assert time.process_time() - begun < 4


HOSTILE = {
    "parameters": b"Content-Type: " + b"a;" * 100_000 + b"\n\nx",
    "a subject": b"Subject: " + b"=?a?q?" * 100_000 + b"\n\nx",
    "addresses": b"To: " + b'<a@b,"(' * 50_000 + b"\n\nx",
    "parts within parts": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 9_000,
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000,
    "headers": b"To: a@b.example\n" * 30_000 + b"\n",
}


@pytest.mark.parametrize("what", list(HOSTILE))
def test_no_structure_takes_long(what: str) -> None:
    begun = time.process_time()
    replies.read(HOSTILE[what])
    replies.without_media(HOSTILE[what])
    assert time.process_time() - begun < 5


LEAF = st.tuples(
    st.sampled_from(
        [
            "text/plain",
            "text/html",
            "message/rfc822",
            "message/delivery-status",
            "image/png",
            "text/rfc822-headers",
            "x",
        ]
    ),
    st.sampled_from(["", "base64", "quoted-printable", "x-none"]),
    st.binary(max_size=60),
)
TREE = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4), max_leaves=12)


def written(tree: object, depth: int = 0) -> bytes:
    if isinstance(tree, tuple):
        kind, encoding, body = tree
        return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body + b"\n"
    assert isinstance(tree, list)
    mark = f"--b{depth}".encode()
    parts = b"".join(mark + b"\n" + written(each, depth + 1) for each in tree)
    return f"Content-Type: multipart/report; boundary=b{depth}\n\n".encode() + parts + mark + b"--\n"


@settings(max_examples=300, deadline=None)
@given(
    TREE, st.sampled_from([b"", b"From: mailer-daemon@x.example\n", b"From: a@b.example\nSubject: =?utf-8?b?/w==?=\n"])
)
def test_no_structure_stops_the_reader(tree: object, head: bytes) -> None:
    raw = head + written(tree)
    assert replies.read(raw).kind in ReplyKind
    kept = replies.without_media(raw)
    assert replies.without_media(kept) == kept or b"were not kept" in kept
