"""The operator's signature under a notice: OpenPGP (RFC 3156) or S/MIME (RFC 8551), by maintained libraries.

What is signed is the message's whole body, as it stands; the headers outside it are the mail server's to sign (DKIM).
A signature holds a time and random numbers, so it is made once, before the message is frozen. A key that cannot sign
holds no notice back: a page that stays up harms more than a message without a signature. It is told instead.
"""

import base64
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import pysequoia
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from hotline.clock import Clock, SystemClock, utc_text
from hotline.errors import HotlineError
from hotline.settings import Settings, SigningKeyFile

_EOL: Final = b"\r\n"
_KEY: Final = "HOTLINE_SIGNING_KEY"


@dataclass(frozen=True)
class Signature:
    """A detached signature as a part of a message: its media type, its file name, its lines, and its hash (micalg)."""

    kind: str
    name: str
    content: bytes
    micalg: str


@dataclass(frozen=True)
class Signer:
    """Makes signatures; ``until``: when its key or certificate ends, where it does."""

    sign: Callable[[bytes], Signature]
    until: datetime | None


def signer_of(settings: Settings, clock: Clock | None = None) -> Signer | None:
    """What the settings sign with; ``None`` where they name nothing. ``clock``: the real one, but for tests.

    Raises:
        HotlineError: the key is missing, others can read it, it is no key, locked, or out of date; the remedy is said.
    """
    named = settings.signing_key
    if named is None:
        return None
    about = _demand_private(named.file)
    signer = _loaded(named, about.st_mtime_ns, about.st_size, settings.signing_password)
    now = (clock or SystemClock()).now()  # whoever verifies has the real time
    if signer.until is not None and signer.until <= now:
        raise HotlineError(f"{_KEY}: {named.file} ended on {utc_text(signer.until)}; make a new key, or prolong it")
    return signer


def sign_if_possible(settings: Settings, message: bytes) -> tuple[bytes, str | None]:
    """The message as it will leave, and why it is not signed although it should be; ``None``: nothing is amiss."""
    try:
        signer = signer_of(settings)
    except HotlineError as fault:
        return message, str(fault)
    return (signed(message, signer) if signer else message), None


def why_unsigned(settings: Settings) -> str | None:
    """Why notices leave without the signature that the settings want; ``None``: they have it, or none is wanted."""
    return sign_if_possible(settings, b"\r\n\r\n")[1]


def signed(message: bytes, signer: Signer) -> bytes:
    """The message with its body signed (RFC 1847). ``message``: with CRLF, as it is composed."""
    outer, inner = _apart(message)
    signature = signer.sign(inner)
    boundary = b"=_s" + hashlib.sha256(inner).hexdigest()[:40].encode()
    head = (
        f'Content-Type: multipart/signed; micalg="{signature.micalg}";\r\n protocol="{signature.kind}";\r\n'
        f' boundary="{boundary.decode()}"'
    ).encode()
    part = (
        f'Content-Type: {signature.kind}; name="{signature.name}"\r\n'
        f'Content-Disposition: attachment; filename="{signature.name}"\r\n'
        + ("Content-Transfer-Encoding: base64\r\n" if signature.name.endswith(".p7s") else "")
    ).encode()
    start = b"--" + boundary + _EOL
    return b"".join(
        (*outer, head, _EOL * 2, start, inner, _EOL, start, part, _EOL, signature.content, b"--", boundary, b"--", _EOL)
    )


def _apart(message: bytes) -> tuple[list[bytes], bytes]:
    """The headers that stay outside, each with its end of line, and the part that is signed."""
    head, _, body = message.partition(_EOL * 2)
    fields: list[bytes] = []
    for line in head.split(_EOL):
        if line[:1] in (b" ", b"\t"):
            fields[-1] += line + _EOL
        else:
            fields.append(line + _EOL)
    inside = [field for field in fields if field.lower().startswith(b"content-")]
    return [field for field in fields if field not in inside], b"".join(inside) + _EOL + body


def _demand_private(file: Path) -> os.stat_result:
    try:
        about = file.stat()
    except OSError as wrong:
        raise HotlineError(f"{_KEY}: {file} cannot be read ({wrong.strerror}); check the path") from None
    if not stat.S_ISREG(about.st_mode):
        raise HotlineError(f"{_KEY}: {file} is no file; name the file that holds the private key")
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise HotlineError(f"{_KEY}: others can read {file}; run chmod 600 on it")
    return about


@lru_cache(maxsize=4)
def _loaded(named: SigningKeyFile, changed: int, size: int, password: str | None) -> Signer:
    """The key, opened once: to unlock one is slow. ``changed`` and ``size`` tell a file that was replaced."""
    try:
        content = named.file.read_bytes()
    except OSError as wrong:
        raise HotlineError(f"{_KEY}: {named.file} cannot be read ({wrong.strerror}); check the path") from None
    return (_openpgp if named.kind == "openpgp" else _smime)(named.file, content, password)


def _openpgp(file: Path, content: bytes, password: str | None) -> Signer:
    if b"BEGIN PGP PUBLIC KEY" in content:
        raise HotlineError(f"{_KEY}: {file} holds the public key alone; export the private one")
    ended = None
    try:
        key = pysequoia.Tsk.from_bytes(content)
        certificate = key.extract_certificate()
        ended = certificate.expiration
        if certificate.is_revoked:
            raise HotlineError(f"{_KEY}: the key in {file} was revoked; make a new one")
        signer = _pgp_signer(key, password)
        _pgp_signature(signer, b"")  # whether it is for signing shows only then
    except HotlineError:
        raise
    except Exception as wrong:  # the library raises plain ones, with texts of its own
        if ended is not None and ended <= SystemClock().now():
            return Signer(_never, ended)
        raise HotlineError(f"{_KEY}: {file} cannot sign ({_plain(wrong)}); {_remedy(password)}") from None
    return Signer(lambda data: _pgp_signature(signer, data), ended)


def _pgp_signer(key: "pysequoia.Tsk", password: str | None) -> "pysequoia.PySigner":
    try:
        return key.signer(password)
    except Exception as wrong:
        if password is not None and "not encrypted" in str(wrong):
            return key.signer(None)  # it is not locked: a password too many stops nothing
        raise


def _never(_: bytes) -> Signature:
    raise HotlineError(f"{_KEY}: the key has ended")


def _pgp_signature(signer: "pysequoia.PySigner", data: bytes) -> Signature:
    armored = bytes(pysequoia.sign(signer, data, mode=pysequoia.SignatureMode.DETACHED))
    hashed = str(pysequoia.Sig.from_bytes(armored).hash_algorithm).rpartition(".")[2].lower()
    lines = armored.decode("ascii").splitlines()
    content = b"".join(line.encode() + _EOL for line in lines)
    return Signature("application/pgp-signature", "signature.asc", content, f"pgp-{hashed}")


def _smime(file: Path, content: bytes, password: str | None) -> Signer:
    try:
        key = load_pem_private_key(content, password.encode() if password else None)
        own, *chain = x509.load_pem_x509_certificates(content)
    except (ValueError, TypeError) as wrong:
        raise HotlineError(f"{_KEY}: {file} cannot sign ({_plain(wrong)}); {_remedy(password)}") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey) or key.public_key() != own.public_key():
        raise HotlineError(
            f"{_KEY}: {file} needs an RSA or EC key, and its certificate as the first of the certificates in it"
        )

    def sign(data: bytes) -> Signature:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(own, key, SHA256())
        for each in chain:
            builder = builder.add_certificate(each)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        text = base64.encodebytes(builder.sign(Encoding.DER, options)).replace(b"\n", _EOL)
        return Signature("application/pkcs7-signature", "smime.p7s", text, "sha-256")

    return Signer(sign, min(each.not_valid_after_utc for each in (own, *chain)))


def _remedy(password: str | None) -> str:
    if password is None:
        return "give a private key that can sign, and HOTLINE_SIGNING_PASSWORD if it is locked"
    return "HOTLINE_SIGNING_PASSWORD may be the wrong one, or it is no private key that can sign"


def _plain(wrong: Exception) -> str:
    text = str(wrong).partition(" See http")[0].strip()
    return (text.splitlines() or [type(wrong).__name__])[0][:120]
