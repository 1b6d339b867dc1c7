"""Gateways: URLs that show on the web what lies elsewhere. Told by the shape of the URL. Pure.

Whoever runs a gateway can stop showing something and cannot remove it: the finding must say so, or a case would count
as removed while the material stays where it is.

Shapes: of IPFS by https://specs.ipfs.tech/http-gateways/ (noted 2026-11-24), content identifiers by
https://github.com/multiformats/cid; onion names by https://spec.torproject.org/address-spec.html.
"""

import re
from typing import Final

from hotline.address import Url
from takedown.hosting.edge_table import Shows

_CID_IN_HOST: Final = r"(?:b[a-z2-7]{50,}|k[a-z0-9]{50,})"
_CID_IN_PATH: Final = (
    r"(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|z[1-9A-HJ-NP-Za-km-z]{45,}|[bB][A-Za-z2-7]{50,}|[kK][A-Za-z0-9]{50,})"
)
_IPFS_PATH: Final = re.compile(rf"/ip[fn]s/{_CID_IN_PATH}(?:/|$)")
_IPFS_HOST: Final = re.compile(rf"{_CID_IN_HOST}\.ip[fn]s\..+\..+")
_ONION_HOST: Final = re.compile(r"(?:.+\.)?(?:[a-z2-7]{16}|[a-z2-7]{56})\.(?:onion|tor2web)\.[^.]+.*")

_WORDS: Final = {
    Shows.IPFS: (
        "this is a gateway to IPFS: it can stop showing the content, which other computers of IPFS keep and "
        "other gateways still show"
    ),
    Shows.ONION: (
        "this is a gateway to an onion service: it can stop showing the content, which stays reachable through Tor; "
        "the service itself can be referred to the police only"
    ),
    Shows.ARCHIVE: (
        "this is an archive's copy: the archive can remove it; the page that was copied has an address and a host "
        "of its own"
    ),
    Shows.TRANSLATION: (
        "this is a page seen through a translation service: it is hosted under an address of its own, which the "
        "service only shows"
    ),
}


def shape_of(url: Url) -> Shows | None:
    """What kind of gateway a URL has the shape of, whoever runs it."""
    if url.is_onion:
        return None
    if _IPFS_HOST.fullmatch(url.host) or _IPFS_PATH.match(url.path):
        return Shows.IPFS
    return Shows.ONION if _ONION_HOST.fullmatch(url.host) else None


def about(shows: Shows) -> str:
    """What a person should know of such a gateway."""
    return _WORDS[shows]
