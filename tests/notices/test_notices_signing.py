"""A notice is signed with the operator's key, and others verify it: by OpenPGP, and by OpenSSL."""

import datetime as dt
import os
import re
import shutil
import subprocess
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pysequoia
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from notice_builders import frozen, item, make_home, order, problem, queue_one
from test_notices_composition import FRAME

from hotline.clock import FixedClock
from hotline.errors import HotlineError
from hotline.settings import load
from notices import exports, views
from notices.composition import compose
from notices.signing import sign_if_possible, signed, signer_of, why_unsigned
from scheduler.standing import standing

KEY = pysequoia.Tsk.generate(user_id="Practice hotline <notice@hotline.example>")
REAL = dt.datetime.now(dt.UTC)


def openpgp(folder: Path, key: "pysequoia.Tsk" = KEY, mode: int = 0o600) -> str:
    return f"openpgp:{written(folder, 'key.asc', str(key).encode(), mode)}"


def written(folder: Path, name: str, content: bytes, mode: int = 0o600) -> Path:
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)
    return file


def certificate(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey", days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "notice@hotline.example")])
    start = REAL - dt.timedelta(days=60)
    alternative = x509.SubjectAlternativeName([x509.RFC822Name("notice@hotline.example")])
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, start, REAL + dt.timedelta(days=days))
    return builder.add_extension(alternative, False).add_extension(usage, False).sign(key, SHA256())


def smime(folder: Path, *, days: int = 30, password: str | None = None, elliptic: bool = False) -> str:
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    content += certificate(key, days).public_bytes(Encoding.PEM)
    return f"smime:{written(folder, 'key.pem', content)}"


def signature_of(tmp_path: Path, named: str, message: bytes, password: str | None = None) -> bytes:
    given = {"HOTLINE_HOME": str(tmp_path), "HOTLINE_SIGNING_KEY": named}
    signer = signer_of(load(given | ({"HOTLINE_SIGNING_PASSWORD": password} if password else {})))
    assert signer is not None
    return signed(message, signer)


def halves(raw: bytes) -> tuple[bytes, bytes]:
    """What is signed and the signature's part, cut at the boundary by hand: a parser may mend what it reads."""
    found = re.search(rb'boundary="([^"]+)"', raw)
    assert found
    _, inner, part, end = re.split(rb"(?:\r\n)?--" + re.escape(found[1]) + rb"(?:\r\n|--\r\n)", raw)
    assert end == b""
    return inner, part


def is_good_openpgp(inner: bytes, part: bytes) -> bool:
    armored = part.partition(b"\r\n\r\n")[2]
    public = KEY.extract_certificate()
    try:
        sig = pysequoia.Sig.from_bytes(armored)
        return bool(pysequoia.verify(bytes=inner, store=lambda _: [public], signature=sig).valid_sigs)
    except Exception:
        return False


def openssl_verifies(tmp_path: Path, raw: bytes) -> bool:
    tool = shutil.which("openssl")
    assert tool, "openssl is missing; make setup-tests brings it with PostgreSQL, or apt-get install openssl"
    mail = written(tmp_path, "mail.eml", raw)
    done = subprocess.run([tool, "cms", "-verify", "-noverify", "-in", mail, "-out", os.devnull], capture_output=True)
    return done.returncode == 0


A_MESSAGE = compose(order(item(), item(8, "http://meadow.example/b.png")), replace(FRAME, language="ru"))


def test_without_a_key_a_message_is_what_it_was(tmp_path: Path) -> None:
    settings = load({"HOTLINE_HOME": str(tmp_path)})
    assert signer_of(settings) is None and sign_if_possible(settings, A_MESSAGE) == (A_MESSAGE, None)


def test_openpgp_signs_the_body_as_it_stands_and_one_changed_byte_breaks_it(tmp_path: Path) -> None:
    raw = signature_of(tmp_path, openpgp(tmp_path), A_MESSAGE)
    inner, part = halves(raw)
    assert is_good_openpgp(inner, part)
    assert not is_good_openpgp(inner.replace(b"b.png", b"c.png"), part)
    message = message_from_bytes(raw, policy=default)
    assert message.get_content_type() == "multipart/signed"
    assert message.get_param("protocol") == "application/pgp-signature"
    assert message.get_param("micalg") == "pgp-sha512"
    assert part.startswith(b'Content-Type: application/pgp-signature; name="signature.asc"')


@pytest.mark.parametrize("elliptic", [False, True])
def test_smime_is_verified_by_openssl_and_one_changed_byte_breaks_it(tmp_path: Path, elliptic: bool) -> None:
    raw = signature_of(tmp_path, smime(tmp_path, elliptic=elliptic), A_MESSAGE)
    assert openssl_verifies(tmp_path, raw)
    assert not openssl_verifies(tmp_path, raw.replace(b"b.png", b"c.png"))
    message = message_from_bytes(raw, policy=default)
    assert message.get_param("protocol") == "application/pkcs7-signature"
    assert message.get_param("micalg") == "sha-256"


@pytest.mark.parametrize("kind", [openpgp, smime])
def test_a_signed_message_says_what_the_plain_one_says(tmp_path: Path, kind: "object") -> None:
    assert callable(kind)
    raw = signature_of(tmp_path, kind(tmp_path), A_MESSAGE)
    plain, message = (message_from_bytes(each, policy=default) for each in (A_MESSAGE, raw))
    assert isinstance(plain, EmailMessage) and isinstance(message, EmailMessage)
    body, other = plain.get_body(("plain",)), message.get_body(("plain",))
    assert body and other and body.get_content() == other.get_content()
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"):
        assert message.get_all(name) == plain.get_all(name) and len(message.get_all(name, [])) == 1
    assert list(exports.xarf_in(raw)) == list(exports.xarf_in(A_MESSAGE)) and len(list(exports.xarf_in(raw))) == 2
    assert views.readable(raw)


@pytest.mark.parametrize("kind", [openpgp, smime])
def test_a_signed_message_is_fit_for_dkim_and_for_every_relay(tmp_path: Path, kind: "object") -> None:
    assert callable(kind)
    raw = signature_of(tmp_path, kind(tmp_path), A_MESSAGE)
    assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    # Spaces at line ends and lines that begin with "From " do not survive every relay (RFC 3156, section 5).
    inner, _ = halves(raw)
    assert not any(line.endswith((b" ", b"\t")) or line.startswith(b"From ") for line in inner.split(b"\r\n"))


def test_a_locked_key_is_opened_with_its_password_and_refused_without(tmp_path: Path) -> None:
    named = smime(tmp_path, password="a word")
    assert openssl_verifies(tmp_path, signature_of(tmp_path, named, A_MESSAGE, "a word"))
    for password in (None, "another"):
        with pytest.raises(HotlineError, match="HOTLINE_SIGNING_PASSWORD"):
            signature_of(tmp_path, named, A_MESSAGE, password)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match=r"others can read .*key\.asc; run chmod 600"):
        signature_of(tmp_path, openpgp(tmp_path, mode=0o640), A_MESSAGE)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("openpgp", b"no key"),
        ("smime", b"no key"),
        ("smime", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ],
)
def test_what_is_no_private_key_is_named_with_its_remedy(tmp_path: Path, kind: str, content: bytes) -> None:
    file = written(tmp_path, "key", content)
    with pytest.raises(HotlineError, match=r"HOTLINE_SIGNING_KEY: .*cannot sign .*give a private key that can sign"):
        signature_of(tmp_path, f"{kind}:{file}", A_MESSAGE)
    with pytest.raises(HotlineError, match="No such file"):
        signature_of(tmp_path, f"{kind}:{file}.gone", A_MESSAGE)


def test_a_public_key_alone_and_a_folder_are_named_as_such(tmp_path: Path) -> None:
    public = written(tmp_path, "public.asc", str(KEY.extract_certificate()).encode())
    with pytest.raises(HotlineError, match="the public key alone; export the private one"):
        signature_of(tmp_path, f"openpgp:{public}", A_MESSAGE)
    with pytest.raises(HotlineError, match="is no file"):
        signature_of(tmp_path, f"openpgp:{tmp_path}", A_MESSAGE)


def test_a_password_too_many_stops_nothing(tmp_path: Path) -> None:
    assert b"BEGIN PGP SIGNATURE" in signature_of(tmp_path, openpgp(tmp_path), A_MESSAGE, "a word")


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    mine, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    content = mine.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = written(tmp_path, "key.pem", content + certificate(other).public_bytes(Encoding.PEM))
    with pytest.raises(HotlineError, match="its certificate as the first"):
        signature_of(tmp_path, f"smime:{file}", A_MESSAGE)


def test_a_key_that_ended_does_not_sign(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="ended on"):
        signature_of(tmp_path, smime(tmp_path, days=-1), A_MESSAGE)
    settings = load({"HOTLINE_HOME": str(tmp_path), "HOTLINE_SIGNING_KEY": smime(tmp_path)})
    assert signer_of(settings, FixedClock(REAL))
    with pytest.raises(HotlineError, match="ended on"):
        signer_of(settings, FixedClock(REAL + dt.timedelta(days=31)))


def test_a_replaced_key_counts_at_once(tmp_path: Path) -> None:
    named = openpgp(tmp_path)
    first = signature_of(tmp_path, named, A_MESSAGE)
    openpgp(tmp_path, pysequoia.Tsk.generate(user_id="Another <other@hotline.example>"))
    os.utime(tmp_path / "key.asc", ns=(1, 1))
    assert is_good_openpgp(*halves(first))
    assert not is_good_openpgp(*halves(signature_of(tmp_path, named, A_MESSAGE)))


def test_what_is_queued_is_signed_once_and_stays_as_it_was_frozen(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", HOTLINE_SIGNING_KEY=openpgp(tmp_path))
    number = queue_one(home)
    assert is_good_openpgp(*halves(frozen(home, number)))
    assert frozen(home, number) == frozen(home, number) and problem(home, number) is None
    assert "WE ASK YOU TO" in views.show(home, number)["message"]


def test_a_key_that_cannot_sign_holds_no_notice_back_and_is_told(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", HOTLINE_SIGNING_KEY=f"openpgp:{tmp_path / 'gone'}")
    number = queue_one(home)
    assert b"multipart/signed" not in frozen(home, number) and b"WE ASK YOU TO" in frozen(home, number)
    assert "gone cannot be read" in (why_unsigned(home.settings) or "")
    assert any("notices leave unsigned: HOTLINE_SIGNING_KEY" in each for each in standing(home)["problems"])
