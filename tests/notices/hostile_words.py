"""Text as people write it who wish a notice to be misread; and what a message is made of, taken apart."""

import hashlib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default

from hypothesis import strategies as st
from notice_builders import START

from notices.text import Frame

FRAME = Frame(
    mail_from="notice@hotline.example",
    return_path="notice+" + "ab" * 16 + "@hotline.example",
    message_id="<" + "0f" * 20 + "@hotline.example>",
    organisation="Practice hotline",
    country="NL",
    public_url="http://127.0.0.1:8001",
    answer_token="c" * 64,
    now=START,
    language="en",
)
BOUNDARY = "=_" + hashlib.sha256(FRAME.message_id.encode()).hexdigest()[:40]
"""As if the attacker knew it, which nobody can before the message has left."""

ATTACKS = (
    "\r\nBcc: x@evil.example",
    "\nBcc: x@evil.example",
    "\rBcc: x@evil.example",
    "\r\n\r\nbody",
    "\n\nbody",
    "\x0b\x0cX: y",
    "\x00",
    "\x85X: y",
    "\u2028X: y",
    "\u2029X: y",
    "\r\n Continued: x",
    "=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "\u202e",
    "\u2066gnp.exe",
    "\ufeff",
    "\ud800",
    f"\r\n--{BOUNDARY}\r\nContent-Type: text/html\r\n\r\n<b>",
    f"--{BOUNDARY}--",
    "\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x",
    "\r\nContent-Transfer-Encoding: base64\r\n",
    "\r\nReported-URI: http://other.example/",
    "\r\nSource-IP: 192.0.2.99\r\nFeedback-Type: not-spam",
    '","url":"http://other.example/","x":"',
    '"}\n{"xarf_version":"4.2.0","url":"http://other.example/"}\n',
    "\\",
    '\\"',
    "\\u0022",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    '";=1;"',
    "\n=1",
    "$link",
    "${link}",
    "%s{0}",
    "a" * 1200,
    " ",
    ".\r\n.",
    "\r\nFrom x",
)
"""Each breaks something in a program that puts it down as it comes."""

HOSTILE = st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=20)), max_size=5).map("".join)


def parsed(raw: bytes) -> EmailMessage:
    """A message as a strict program reads it."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def leaves(message: EmailMessage | MIMEPart) -> list[MIMEPart]:
    """The parts that hold something, in order; the abuse report's fields count as one."""
    found: list[MIMEPart] = []
    for part in message.iter_parts():
        found += leaves(part) if part.get_content_maintype() == "multipart" else [part]
    return found


def kinds(message: EmailMessage) -> list[str]:
    """Their types."""
    return [part.get_content_type() for part in leaves(message)]


def names_in(raw: bytes) -> Iterator[str]:
    """The names of the headers at the top, as the bytes have them."""
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if not line.startswith((b" ", b"\t")):
            yield line.partition(b":")[0].decode("ascii")


def fields_of(message: EmailMessage) -> list[tuple[str, str]]:
    """The fields of the abuse report."""
    (part,) = [each for each in leaves(message) if each.get_content_type() == "message/feedback-report"]
    inner = part.get_payload(0)
    assert not inner.get_payload()
    return [(name, str(value)) for name, value in inner.items()]
