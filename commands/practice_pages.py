"""The page behind the links in the notices of a practice run, as the recipients in its world would see it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from rich.console import Console

from console.public.site import public_site
from console.serving import listen, served
from hotline.errors import HotlineError
from hotline.home import open_home
from hotline.settings import load
from scheduler.asking import CasesMove


@contextmanager
def host_pages(console: Console, settings: Mapping[str, str]) -> Iterator[None]:
    """Serves it while the block runs, and says where; where its port is taken, it says that and serves nothing."""
    home = open_home(load(settings))
    parts = urlsplit(home.settings.public_url)
    try:
        listening = listen(parts.hostname or "127.0.0.1", parts.port or 80)
    except HotlineError as busy:
        console.print(f"\nThe links in notices open nothing: {busy}", soft_wrap=True, markup=False)
        yield
        return
    try:
        with served(public_site(home, CasesMove(home)), listening):
            console.print(f"\nThe links in notices open here: {home.settings.public_url}/answer", soft_wrap=True)
            console.print("`hotline notices show 1` has one; `hotline answers` shows what was said there.")
            yield
    finally:
        home.engine.dispose()
