"""Addresses beside the one that is looked at: a random one that cannot be there, and the site's front page. Pure."""

import re
import secrets
from urllib.parse import quote

from hotline.address import Url, parse_url, registrable_domain


def beside(url: Url) -> Url:
    """A random address beside this one: same depth, same ending; where a query chooses, another query."""
    before, mark, query = url.text.partition("?")
    if mark:
        return parse_url(f"{before}?{_shuffled(query)}")
    start, _, name = before.rpartition("/")
    if not name:  # a folder: another one of the same parent, or below the root where there is none
        parent = start.rpartition("/")[0] if start.count("/") > 2 else start
        return parse_url(f"{parent}/{_word(8)}/")
    stem, dot, ending = name.rpartition(".")
    return parse_url(f"{start}/{_word(max(6, len(stem or name)))}{dot}{quote(ending) if dot else ''}")


def _shuffled(query: str) -> str:
    """Every value replaced by a random one of the same length and kind; the names stay."""

    def other(match: re.Match[str]) -> str:
        value = match.group(2)
        fresh = "".join(secrets.choice("123456789") for _ in value) if value.isdigit() else _word(max(4, len(value)))
        return f"{match.group(1)}={fresh}"

    shuffled = re.sub(r"([^&=]*)=([^&]*)", other, query)
    return shuffled if shuffled != query else _word(8)


def _word(length: int) -> str:
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(min(length, 40)))


def front_of(url: Url) -> Url:
    """The front page of a URL's host."""
    return parse_url("/", url)


def site_of(url: Url) -> str:
    """What was registered and has one owner: the registrable domain, or the address of a host that has only one."""
    return registrable_domain(url.host) or url.host
