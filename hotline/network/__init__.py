"""The one door to the network: every connection of the product is resolved, guarded and dialled here.

See ``docs/architecture.md``. A page, a recheck, RDAP, WHOIS: all say ``network.http.request`` or
``network.stream`` and get typed faults; nothing outside this package opens a socket to an address that came
from an answer.
"""

from hotline.network.answer import Answer
from hotline.network.answers import DnsReply, NameAnswers
from hotline.network.door import Network
from hotline.network.faults import (
    Broken,
    NameFault,
    NetworkFault,
    Refused,
    TimedOut,
    TlsFault,
    TooLarge,
    Unreachable,
)
from hotline.network.guard import IPAddress, refusal_of
from hotline.network.http import Http
from hotline.network.resolver import Resolver

__all__ = [
    "Answer",
    "Broken",
    "DnsReply",
    "Http",
    "IPAddress",
    "NameAnswers",
    "NameFault",
    "Network",
    "NetworkFault",
    "Refused",
    "Resolver",
    "TimedOut",
    "TlsFault",
    "TooLarge",
    "Unreachable",
    "refusal_of",
]
