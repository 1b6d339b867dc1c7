"""Trying the servers that the settings name, all at once and each with a short deadline: for ``hotline doctor``.

Nothing is asked that tells of a case: the root's name servers, who announces an address that everybody knows, a
connection, a greeting. A practice home tries what is set, through its dial map, and no server of the internet.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from commands.doctor_states import Finding, State
from hotline.address import BadUrl, parse_url
from hotline.errors import HotlineError
from hotline.home import Home
from hotline.network import DnsReply, Network, NetworkFault, Resolver
from hotline.settings import Endpoint
from hotline.settings_parsing import ImapServer
from notices import imap
from notices.channels.smtp import sender_of
from takedown.hosting.origin import is_table, origin_name
from takedown.hosting.prefix_table import read_prefix_table
from takedown.hosting.rdap.bootstrap import FILES, parse_services
from takedown.hosting.rdap.directory import IANA
from takedown.hosting.rdap.kept_lists import read_json
from takedown.hosting.whois.referrals import Server, parse_server

DEADLINE: Final = 5.0
"""Seconds for each server; all are tried at the same time."""
_ANNOUNCED: Final = ip_address("198.41.0.4")
"""A root name server's address: whoever tells who announces addresses knows it."""
_PATIENCE: Final = imap.Limits(connect=DEADLINE, answer=DEADLINE, budget=DEADLINE)
_IN_PRACTICE: Final = "a practice home reaches no server of the internet"


async def tried(home: Home) -> list[Finding]:
    """One finding a server; never raises for what servers do."""
    try:
        async with Network.open(home.settings, home.kind, home.clock) as network:
            return list(await asyncio.gather(*_attempts(home, network)))
    except HotlineError as wrong:
        return [("network", State.WRONG, str(wrong))]


def _attempts(home: Home, network: Network) -> Iterator[Awaitable[Finding]]:
    for server in network.resolver.servers:
        yield _name_server(home, server)
    yield _whois(home, network)
    yield _rdap(home, network)
    yield _origins(home, network)
    if home.settings.smtp is not None:
        yield _mail_server(home)
    if home.settings.inbox is not None and home.settings.inbox.server is not None:
        yield _mailbox(home, home.settings.inbox.server)


async def _name_server(home: Home, server: Endpoint) -> Finding:
    part = f"try name server {server}"
    (reply,) = await Resolver((server,), home.kind, home.clock, seconds=DEADLINE, tries=1).lookup(".", "NS")
    if _answered(reply):
        return part, State.OK, ""
    return part, State.SILENT, f"{reply.reason or reply.outcome}; start it, or name another in HOTLINE_RESOLVERS"


async def _whois(home: Home, network: Network) -> Finding:
    part, setting = "try WHOIS", home.settings.whois
    if home.practice and _is_default(home, "WHOIS"):
        return part, State.UNSET, f"set HOTLINE_WHOIS; {_IN_PRACTICE}"
    server = parse_server(setting)
    if server is None:
        return part, State.WRONG, "HOTLINE_WHOIS is no host:port, such as whois.iana.org:43"
    try:
        async with asyncio.timeout(DEADLINE):
            await _ask_whois(network, server)
    except (NetworkFault, OSError) as fault:  # the time-out is one too
        return part, State.SILENT, f"{setting}: {_why(fault)}; check HOTLINE_WHOIS and the way out of this machine"
    return part, State.OK, ""


async def _ask_whois(network: Network, server: Server) -> None:
    """Asks, and waits for the first word; an end without one is an answer too."""
    reader, writer = await network.stream(server.host, server.port, DEADLINE, as_given=server.is_literal)
    try:
        writer.write(f"{_ANNOUNCED}\r\n".encode("ascii"))
        await writer.drain()
        await reader.read(1)
    finally:
        writer.close()


async def _rdap(home: Home, network: Network) -> Finding:
    part, setting = "try RDAP", home.settings.rdap_bootstrap
    if setting is not None and not setting.lower().startswith(("http://", "https://")):
        return _bootstrap_folder(part, Path(setting))
    if setting is None and home.practice:
        return part, State.UNSET, f"set HOTLINE_RDAP_BOOTSTRAP; {_IN_PRACTICE}"
    base = (setting or IANA).rstrip("/") + "/"
    try:
        is_given = parse_url(base).ip is not None
        async with network.http.request("GET", f"{base}dns.json", deadline=DEADLINE, as_given=is_given) as answer:
            status = answer.status
    except (NetworkFault, BadUrl, OSError) as fault:
        return part, State.SILENT, f"{base}: {_why(fault)}; check HOTLINE_RDAP_BOOTSTRAP and the way out"
    if status >= 500:
        return part, State.SILENT, f"{base} answers {status}; try later, or check HOTLINE_RDAP_BOOTSTRAP"
    return part, State.OK, ""


def _bootstrap_folder(part: str, folder: Path) -> Finding:
    bad = [name for name in FILES.values() if parse_services(read_json(folder / name)) is None]
    if not bad:
        return part, State.OK, ""
    remedy = "put IANA's files there, or unset HOTLINE_RDAP_BOOTSTRAP"
    return part, State.WRONG, f"{folder}: {', '.join(bad)} missing, or no list of servers; {remedy}"


async def _origins(home: Home, network: Network) -> Finding:
    part, setting = "try AS origins", home.settings.asn_origin
    if is_table(setting):
        return await asyncio.to_thread(_table, part, Path(setting))
    if not network.resolver.servers:
        return part, State.UNSET, "needs HOTLINE_RESOLVERS"
    replies = await network.resolver.lookup(origin_name(_ANNOUNCED, setting), "TXT")
    if any(reply.outcome == "answer" for reply in replies):
        return part, State.OK, ""
    if not any(_answered(reply) for reply in replies):
        return part, State.SILENT, f"{setting}: no name server answered; mend the name servers first"
    if home.practice:
        return part, State.OK, ""
    return part, State.UNSURE, f"{setting} knows nothing of an address that is announced; check HOTLINE_ASN_ORIGIN"


def _table(part: str, file: Path) -> Finding:
    try:
        problem = read_prefix_table(file).fault
    except HotlineError as wrong:
        problem = str(wrong)
    return part, State.WRONG if problem else State.OK, problem or ""


async def _mail_server(home: Home) -> Finding:
    part = "try mail server"
    try:
        sender = sender_of(home, deadline=DEADLINE)
    except HotlineError as wrong:
        return part, State.WRONG, str(wrong)
    fault = await sender.greet() if sender else None
    if fault is None:
        return part, State.OK, ""
    return part, State.SILENT, f"{fault}; check HOTLINE_SMTP, and that the server runs"


async def _mailbox(home: Home, server: ImapServer) -> Finding:
    def opens() -> str:
        try:
            with imap.opened(server, home.settings.ca_file, practice=home.practice, limits=_PATIENCE):
                return ""
        except (HotlineError, imap.MailboxLost) as fault:
            return str(fault)

    fault = await asyncio.to_thread(opens)
    return "try inbox", State.SILENT if fault else State.OK, fault


def _answered(reply: DnsReply) -> bool:
    return reply.outcome in ("answer", "empty", "nxdomain")


def _is_default(home: Home, name: str) -> bool:
    return any(each.setting.name == name and each.source == "default" for each in home.settings.origins)


def _why(fault: Exception) -> str:
    return getattr(fault, "reason", None) or "no answer in time"
