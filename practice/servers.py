"""All servers of the practice internet round one world, from the certificate to the mail."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import trustme

from practice import rdap
from practice.addresses import places
from practice.dns import resolving
from practice.folder import Ports, fill
from practice.mail import posting
from practice.web import Web, serving
from practice.whois import telling
from practice.world import World


@asynccontextmanager
async def servers_of(world: World, folder: Path) -> AsyncIterator[dict[str, str]]:
    """Everything listens, and the folder is filled, while the block runs; its value is the settings."""
    async with AsyncExitStack() as stack:
        tls = certificate(folder / "ca.pem")
        http, https = await stack.enter_async_context(serving(Web(world, rdap.services(world)), tls))
        resolvers = await stack.enter_async_context(resolving(world))
        whois = await stack.enter_async_context(telling(world))
        smtp = await stack.enter_async_context(posting(world, folder))
        yield fill(world, folder, Ports(http, https, resolvers, whois, smtp))


def certificate(ca_file: Path) -> ssl.SSLContext:
    """A server context with one certificate for every name; the authority's certificate goes to a file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*places()).configure_cert(context)
    return context
