"""Forms that wait for a person, as people and programs see them. In an earnest home their addresses are withheld."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from hotline.home import Home
from takedown import forms
from takedown.forms import Waiting
from takedown.views import provider


def listing(home: Home, session: Session, everything: bool = False) -> list[dict[str, Any]]:
    """One row a form and role. ``everything``: also the cases that clearance withholds, each with the reason."""
    groups = forms.by_form(list(forms.waiting(home, session)))
    rows = [row(home, session, group, everything) for group in groups]
    return [each for each in rows if each["cases"] or each["withheld"]]


def row(home: Home, session: Session, group: Sequence[Waiting], everything: bool = False) -> dict[str, Any]:
    """What waits for one form."""
    first, offered = group[0], forms.cleared(group)
    held = [{"case": each.number, "reason": each.withheld} for each in group if each.withheld is not None]
    return {
        "form": first.form,
        "address": first.request.ask.address if home.practice else None,
        "role": first.role.value,
        "provider": provider(home, session, first.request.case.provider_id),
        "cases": [each.number for each in offered],
        "round": max(each.request.ask.round for each in group),
        "why": first.why,
        "withheld": held if everything else [],
    }


def count(home: Home, session: Session) -> tuple[int, int]:
    """How many forms wait, and how many cases in them."""
    rows = listing(home, session)
    return len(rows), sum(len(each["cases"]) for each in rows)
