"""Whose certificates are believed, and what a failed handshake means in words."""

import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import certifi

from hotline.errors import HotlineError
from hotline.facts import Secured
from hotline.network.faults import TlsFault

_REASONS: Final = {
    10: "the certificate has expired",
    9: "the certificate is not valid yet",
    18: "the certificate is signed by itself",
    19: "the certificate is signed by an unknown authority",
    20: "the certificate is signed by an unknown authority",
    21: "the certificate is signed by an unknown authority",
    62: "the certificate is for another host",
    64: "the certificate is for another address",
}
"""By OpenSSL's verification codes; its own messages repeat the host name."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's and Mozilla's authorities, and those of ``HOTLINE_CA_FILE``; host names are checked.

    Raises:
        HotlineError: the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError):
            raise HotlineError(
                f"HOTLINE_CA_FILE: {ca_file} holds no certificates that can be read; give a PEM file"
            ) from None
    return context


def secured_by(handshake: ssl.SSLObject | None) -> Secured | None:
    """By what a connection is protected; ``None`` where it is plain."""
    told = handshake.getpeercert() if handshake is not None else None
    raw = handshake.getpeercert(binary_form=True) if handshake is not None else None
    if handshake is None or not told or not raw:
        return None
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    return Secured(handshake.version() or "", hashlib.sha256(raw).hexdigest(), ends)


def tls_fault(error: ssl.SSLError) -> TlsFault:
    """A handshake's failure in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsFault(_REASONS.get(error.verify_code, "the certificate cannot be verified"))
    return TlsFault("the secure connection could not be set up")
