"""Whose domain a host name is: the longest suffix that hands names out decides, whichever list knows it."""

from datetime import date

import pytest

from hotline.words import Certainty
from takedown.hosting.edge_table import Edge
from takedown.hosting.sites import Sites

TABLE = (
    Edge("Blogs", Certainty.SHARED_PLATFORM, "the tests", date(2030, 1, 1), suffixes=("blogs.example",)),
    Edge("Pages", Certainty.SHARED_PLATFORM, "the tests", date(2030, 1, 1), suffixes=("io", "free.blogs.example")),
)


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("a.b.site.example", "site.example"),
        ("WWW.Site.Example.", "site.example"),
        ("me.blogs.example", "me.blogs.example"),
        ("pics.me.blogs.example", "me.blogs.example"),
        ("me.free.blogs.example", "me.free.blogs.example"),
        ("blogs.example", None),
        ("someone.github.io", "someone.github.io"),
        ("198.51.100.7", None),
        ("2001:db8::1", None),
    ],
)
def test_a_customer_of_a_platform_owns_a_name_below_it(host: str, owner: str | None) -> None:
    assert Sites(TABLE).owner_domain(host) == owner


def test_an_address_is_the_owners_on_any_name_of_the_owner() -> None:
    sites = Sites(TABLE)
    assert sites.is_owner("abuse@mail.site.example", "img.site.example")
    assert sites.is_owner("Me@SITE.example", "img.site.example")
    assert not sites.is_owner("abuse@blogs.example", "me.blogs.example")
    assert not sites.is_owner("abuse@you.blogs.example", "me.blogs.example")
    assert not sites.is_owner("abuse@198.51.100.7", "198.51.100.7")
