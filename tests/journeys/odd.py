"""What an odd host is, and the behaviours that several of them share.

Each shows a picture of its own at ``FILE`` and a page that shows it at ``ENTRY``. After its notice it behaves as its
function says. ``gone`` is the truth: whether the material can no longer be had under its address by anybody.
``allowed`` are the verdicts that are right; "gone" is among them only where that is the truth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from odd_answers import FILE, Visit, file, html, ordinary, status

GONE: Final = frozenset({"gone"})
ONLINE: Final = frozenset({"online"})
UNCLEAR: Final = frozenset({"unclear"})
CHANGED: Final = frozenset({"changed"})
MOVED: Final = frozenset({"moved"})

Answer = web.StreamResponse
Behaves = Callable[[Visit], Answer]


@dataclass(frozen=True)
class Odd:
    """A host. ``page``: not the file but the page is what was confirmed. ``denied``, ``failing``: name servers.
    ``leads_to``: the address that its name has afterwards, empty for none.

    ``report``: what the report says of the way (``page``, ``referrer``). ``tls``: it is an https address whose
    certificate has run out afterwards. ``slow``: it costs real time.
    """

    name: str
    after: Behaves
    allowed: frozenset[str]
    gone: bool = False
    page: bool = False
    entry: bool = True
    before: Behaves = ordinary
    denied: frozenset[int] = frozenset()
    failing: frozenset[int] = frozenset()
    leads_to: str | None = None
    path: str = FILE
    tls: bool = False
    slow: bool = False


def answers(code: int) -> Behaves:
    return lambda visit: status(code)


def only_for_files(other: Behaves) -> Behaves:
    """The pages stay as they were; the files are answered by ``other``."""
    return lambda visit: other(visit) if visit.path.startswith("/i/") else ordinary(visit)


def placeholder(visit: Visit) -> Answer:
    return file(visit.placeholder)


def blocked_here(visit: Visit) -> Answer:
    return html("Forbidden", "Your address has been blocked.", code=403)
