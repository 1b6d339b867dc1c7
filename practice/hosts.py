"""The table of hosts: everything that exists on the practice internet, one row a host.

How to read a row:

    Host("meadow-forum.example", FORUM, "alpha", "first", removes(hours=6), small=True,
         holds="k03 o02", shows="k04@pixel-dock.example",
         links="k08@copper-stills.example walnut-news.example")

A forum in network alpha, its name bought at registrar first, part of the small world. It removes six hours
after a notice. It holds two pictures of its own, embeds one that lies on another host, and links to the
page on which copper-stills.example shows k08, and to the front page of walnut-news.example.

Pictures: `k03` is in the hash list (what a correct hotline must find), `~k03` the same picture saved anew
(near by PDQ, other bytes), `o02` ordinary, `h01` ordinary too and in the list of harmless files although it
looks like an entry of the hash list. `k40` and above stand in no list: only the confirmed report of one
copy makes the others known. How a site of each kind lays out its pages is in `sites.py`; which URLs the
analysts have confirmed, in `reports.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

from practice.behaviours import ESCALATION, Behaviour, Leaves, Moves, never, removes


class Kind(StrEnum):
    """What a visitor takes a site for."""

    GALLERY = "gallery"
    IMAGE_HOST = "image_host"
    FILE_HOST = "file_host"
    FORUM = "forum"
    BLOG = "blog"
    SCRIPT_GALLERY = "script_gallery"
    """Its pictures come by JavaScript; the plain HTML has none."""
    ORDINARY = "ordinary"
    """A decoy: its front page may be looked at once, and nothing beyond it."""
    SEARCH = "search"
    SHARE = "share"
    ARCHIVE = "archive"
    LOOKUP = "lookup"
    """Like SEARCH, SHARE and ARCHIVE never to be followed: reverse-image search."""


NEVER_FOLLOWED = frozenset({Kind.SEARCH, Kind.SHARE, Kind.ARCHIVE, Kind.LOOKUP})


@dataclass(frozen=True)
class Host:
    """One row."""

    name: str
    kind: Kind
    network: str
    registrar: str | None
    behaviour: Behaviour
    holds: str = ""
    shows: str = ""
    links: str = ""
    small: bool = False
    tls: bool = True
    ipv6: bool = False
    alias: str | None = None
    """The name that the host's CNAME points to; hosts with the same alias share one address."""
    beyond: bool = False
    """Linked only from where the crawl has to stop: any visit is a fault."""
    wants_referrer: bool = False
    """Its pictures are a 404 to whoever comes without saying from which page of it."""

    @property
    def base(self) -> str:
        """Scheme and name, `https://meadow-forum.example`."""
        return f"{'https' if self.tls else 'http'}://{self.name}"


GALLERY, IMAGE_HOST, FILE_HOST, FORUM, BLOG = (
    Kind.GALLERY,
    Kind.IMAGE_HOST,
    Kind.FILE_HOST,
    Kind.FORUM,
    Kind.BLOG,
)
SCRIPT_GALLERY, ORDINARY, SEARCH, SHARE, ARCHIVE, LOOKUP = (
    Kind.SCRIPT_GALLERY,
    Kind.ORDINARY,
    Kind.SEARCH,
    Kind.SHARE,
    Kind.ARCHIVE,
    Kind.LOOKUP,
)

PAGES_OF_HAVEN = "pages.blogs.example"

# fmt: off
HOSTS: tuple[Host, ...] = (
    # ------------------------------------------------------------------ the small world: ten hosts
    Host("harbour-gallery.example", GALLERY, "alpha", "first", removes(), small=True, ipv6=True,
         holds="k01 k02 o01 h01", shows="k05@pixel-dock.example",
         links="k03@meadow-forum.example k09@ivory.blogs.example river-forum.test walnut-news.example"),
    Host("meadow-forum.example", FORUM, "alpha", "first", removes(hours=6), small=True,
         holds="k03 o02", shows="k04@pixel-dock.example",
         links="k08@copper-stills.example k06@silo-files.example k10@bramble-board.example "
               "k12@quartz-pics.example k21@tundra-files.example k22@velvet-prints.test "
               "k25@orbit-pics.example k26@shuttle-files.example"),
    Host("pixel-dock.example", IMAGE_HOST, "delta", "second", removes(hours=12), small=True, ipv6=True,
         holds="k04 k05 k18 o03"),
    Host("silo-files.example", FILE_HOST, "ember", "third", removes(days=3), small=True,
         holds="k06 k07"),
    Host("copper-stills.example", GALLERY, "fjord", "second", removes(days=1, back_after_days=5), small=True,
         holds="k08 o04"),
    Host("ivory.blogs.example", BLOG, "haven", "first", removes(hours=20), small=True, alias=PAGES_OF_HAVEN,
         holds="k09 o05", links="k07@silo-files.example k27@amber.blogs.example"),
    Host("bramble-board.example", FORUM, "grove", "third", removes(days=2, heeds=ESCALATION), small=True,
         tls=False, holds="k10 o06",
         shows="k01@harbour-gallery.example k18@pixel-dock.example"),
    Host("quartz-pics.example", IMAGE_HOST, "bravo", "first", removes(hours=10), small=True,
         holds="k12"),
    Host("walnut-news.example", ORDINARY, "ember", "first", never(), small=True,
         holds="o07 o08"),
    Host("lantern-search.example", SEARCH, "delta", "second", never(), small=True),

    # ------------------------------------------------------------------ how files come and go
    Host("cobalt-shelf.example", GALLERY, "alpha", "second", never(),
         holds="k01 k20"),
    Host("tundra-files.example", FILE_HOST, "delta", "first", removes(hours=30, leaves=Leaves.GONE),
         holds="k21", links="k20@cobalt-shelf.example"),
    Host("velvet-prints.test", GALLERY, "delta", "third", removes(days=2, leaves=Leaves.NO_DOMAIN),
         holds="k22", links="k23@linen-images.example k24@marble-shelves.example"),
    Host("linen-images.example", IMAGE_HOST, "ember", "second", removes(hours=4, leaves=Leaves.PLACEHOLDER),
         holds="k23 k13"),
    Host("marble-shelves.example", GALLERY, "fjord", "first", removes(hours=9, leaves=Leaves.SOFT_PAGE),
         holds="k24 o09", links="k28@dusk-albums.example"),
    Host("dusk-albums.example", GALLERY, "grove", "second", removes(days=2, dark_hours=18), ipv6=True,
         holds="k28 k29"),
    Host("orbit-pics.example", GALLERY, "fjord", "first", removes(hours=7, moves=Moves.REDIRECTS),
         holds="k25"),
    Host("shuttle-files.example", FILE_HOST, "alpha", "second", removes(hours=5, moves=Moves.RELINKS),
         holds="k26"),
    Host("echo-press.example", IMAGE_HOST, "ember", "first", removes(hours=8),
         holds="~k02 ~k11"),
    Host("opal-mirror.example", GALLERY, "bravo", "second", removes(days=1, leaves=Leaves.GONE),
         holds="k30 ~k21"),
    Host("comet-albums.example", GALLERY, "delta", "third", removes(days=4, back_after_days=6), tls=False,
         holds="k31 o10"),
    Host("basalt-board.test", FORUM, "bravo", "third", removes(days=1, heeds=ESCALATION, leaves=Leaves.GONE),
         holds="k32", links="k31@comet-albums.example"),

    # ------------------------------------------------------------- other ways to be found, and to be hosted
    Host("river-forum.test", FORUM, "fjord", "second", removes(days=1),
         holds="k11 o11", shows="~k02@echo-press.example ~k11@echo-press.example k13@linen-images.example",
         links="k30@opal-mirror.example k32@basalt-board.test k33@old-mill.test tulip-garden.example"),
    Host("old-mill.test", GALLERY, "grove", "first", removes(hours=40),
         holds="k33 ~k33", links="kettle-recipes.example"),
    Host("prism-front.example", GALLERY, "cedar", "first", removes(days=1),
         alias="prism-front.edge.cedar-edge.example", holds="k14 o12", shows="k18@pixel-dock.example"),
    Host("canvas-script.example", SCRIPT_GALLERY, "bravo", "second", removes(hours=16),
         holds="k15"),
    Host("curtain-gallery.test", GALLERY, "ember", "second", removes(hours=26), wants_referrer=True,
         holds="k16"),
    Host("plum-gallery.example", GALLERY, "delta", "first", removes(hours=3),
         holds="k17"),
    Host("violet-pics.example", GALLERY, "alpha", "third", removes(hours=2),
         holds="k40", links="k40@slate.blogs.example"),
    Host("203.0.113.77", GALLERY, "delta", None, removes(hours=15), tls=False,
         holds="k19 k34", links="summit-walks.test"),
    Host("amber.blogs.example", BLOG, "haven", "first", removes(hours=20), alias=PAGES_OF_HAVEN,
         holds="k27"),
    Host("slate.blogs.example", BLOG, "haven", "first", removes(days=5), alias=PAGES_OF_HAVEN,
         holds="k40 o13"),

    # ------------------------------------------------------------------ decoys
    Host("fern.blogs.example", BLOG, "haven", "first", never(), alias=PAGES_OF_HAVEN, beyond=True,
         holds="o14 o15"),
    Host("tulip-garden.example", ORDINARY, "alpha", "first", never(), ipv6=True,
         holds="o16 h01"),
    Host("kettle-recipes.example", ORDINARY, "grove", "second", never(),
         holds="o17"),
    Host("summit-walks.test", ORDINARY, "fjord", "third", never(), tls=False,
         holds="o18", links="fern.blogs.example"),
    Host("circle-share.example", SHARE, "ember", "second", never()),
    Host("yesteryear-archive.example", ARCHIVE, "bravo", "third", never()),
    Host("mirror-lookup.example", LOOKUP, "delta", "first", never()),
)
# fmt: on


def hosts_of(which: str) -> tuple[Host, ...]:
    """The rows of the world that was asked for, `small` or `all`."""
    return HOSTS if which == "all" else tuple(host for host in HOSTS if host.small)
