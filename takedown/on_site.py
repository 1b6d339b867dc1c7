"""Does a contact lie on the site's own domain? Then it may be the offender, and a person looks before it is asked."""

from typing import Any

from hotline.home import Home
from hotline.words import ContactSource
from takedown.hosting.sites import sites_of


def on_site(home: Home, snapshot: dict[str, Any], address: str) -> bool:
    """Whether a mail address of a finding lies on the domain of whoever put the site up.

    Not one that stands in a table: a person has looked at it. ``snapshot``: the finding in the contract's form.
    """
    wanted = address.lower()
    told = any(each["source"] == ContactSource.OVERRIDE for each in snapshot["contacts"] if _is(each, wanted))
    return not told and sites_of(home.settings.home).is_owner(address, snapshot["host"])


def _is(contact: dict[str, Any], wanted: str) -> bool:
    return bool(contact["address"].lower() == wanted)
