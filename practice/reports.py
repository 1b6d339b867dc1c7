"""What the analysts have confirmed before the story begins: the rows of `confirmed.csv`, and where the crawl
starts.

Everything else that a correct hotline has to find follows from these by the links of the sites.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """One confirmed report. `what` is `picture@host`, or `page:picture@host` for the page that shows it."""

    what: str
    page: bool = False
    """Name the page on which the picture stands."""
    referrer: bool = False
    """Name the page as the referrer too: the host shows the picture only to who comes from there."""
    digest: bool = True
    """Give the SHA-256 of what was assessed."""
    embargo_days: int = 0
    classification: str = "baseline"
    confirmed_by: str = "ana;ben"


REPORTS: tuple[Report, ...] = (
    Report("k01@harbour-gallery.example", page=True),
    Report("k08@copper-stills.example", page=True),
    Report("k10@bramble-board.example", page=True, classification="national", confirmed_by="ben"),
    Report("page:k11@river-forum.test", digest=False),
    Report("k14@prism-front.example", page=True),
    Report("k15@canvas-script.example", page=True),
    Report("k16@curtain-gallery.test", page=True, referrer=True),
    Report("k17@plum-gallery.example", embargo_days=6),
    Report("k40@violet-pics.example", page=True),
    Report("k19@203.0.113.77", page=True),
)
