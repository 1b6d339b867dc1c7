"""Survival curves as a picture: SVG that a screen reader can tell of and that loads nothing, or PNG.

matplotlib draws; it takes half a second to load, so only who asks for a picture waits for it. The same figures make the
same bytes: no date, no name of a program, no random number goes in.
"""

import io
import math
from collections.abc import Sequence
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from commands.charts import MOST_CURVES, band_text, span_text

_COLOURS: Final = ("#0b6e99", "#a8480b", "#7a3e9d", "#2f6b2f")
_STYLES: Final = ("-", "--", "-.", ":")
"""Each curve has its own kind of line, so that they are told apart without colour."""
_SVG: Final = "{http://www.w3.org/2000/svg}"
_SETTINGS: Final[dict[Any, Any]] = {"svg.fonttype": "none", "svg.hashsalt": "hotline", "font.family": "sans-serif"}


def drawn(document: dict[str, Any], kind: str) -> bytes:
    """The largest groups' curves with their bands; ``kind`` is ``svg`` or ``png``."""
    import matplotlib
    from matplotlib.figure import Figure

    groups = sorted((group for group in document["groups"] if group["cases"]), key=lambda group: -group["cases"])
    shown = groups[:MOST_CURVES]
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(8, 5), layout="tight")
        _draw(figure.add_subplot(), document, shown, len(groups))
        out = io.BytesIO()
        nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=150, metadata=nothing)
    return _accessible(out.getvalue(), document, shown) if kind == "svg" else out.getvalue()


def _draw(axes: Any, document: dict[str, Any], shown: Sequence[dict[str, Any]], of: int) -> None:
    last = max((point[0] for group in shown for point in group["survival"]), default=0.0) or 24.0
    unit, size = ("days", 24.0) if last > 48 else ("hours", 1.0)
    for group, colour, style in zip(shown, _COLOURS, _STYLES, strict=False):
        points = [*group["survival"], [last, group["survival"][-1][1]]]
        axes.step(
            [hours / size for hours, _ in points], [left for _, left in points],
            where="post", color=colour, linestyle=style, label=_plain(f"{group['group']} ({group['cases']})"),
        )  # fmt: skip
        if group["band"]:
            hours, low, high = zip(*group["band"], strict=True)
            axes.fill_between([at / size for at in hours], low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set(
        xlim=(0, last / size), ylim=(0, 1.02), xlabel=f"{unit} since the clock started", ylabel="share still online"
    )
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_title(_plain(_title(document)) + (f"; the {len(shown)} largest of {of} groups" if of > len(shown) else ""))
    axes.grid(alpha=0.3)
    if shown:
        axes.legend(title="group (cases); shaded: 95 % band")


def _plain(text: str) -> str:
    """A name of somebody else's is text, whatever signs of mathematics are in it."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text).replace("$", r"\$")


def _title(document: dict[str, Any]) -> str:
    return f"Time to removal: {document['definition']}"


def _accessible(svg: bytes, document: dict[str, Any], shown: Sequence[dict[str, Any]]) -> bytes:
    """With a title and a description, without what points elsewhere (a DTD, metadata)."""
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))
    for metadata in root.iter(f"{_SVG}metadata"):
        metadata.getparent().remove(metadata)
    for number, (name, text) in enumerate((("title", _title(document)), ("desc", description(shown)))):
        element = etree.Element(f"{_SVG}{name}", id=f"chart-{name}")
        element.text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
        root.insert(number, element)
    root.set("role", "img")
    root.set("aria-labelledby", "chart-title chart-desc")
    plain: bytes = etree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + plain + b"\n"


def description(shown: Sequence[dict[str, Any]]) -> str:
    """What the picture shows, in words."""
    if not shown:
        return "No case has started this clock yet."
    return " ".join(_sentence(group) for group in shown)


def _sentence(group: dict[str, Any]) -> str:
    median = span_text(group["median_hours"])
    reached = f"median {median}, 95 % band {band_text(group['median_ci95'])}" if median != "-" else "median not reached"
    last = group["survival"][-1] if group["survival"] else [0.0, 1.0]
    left = "none" if math.isclose(last[1], 0, abs_tol=1e-9) else f"{last[1]:.0%}"
    return f"{group['group']}: {group['cases']} cases, {reached}, {left} online after {span_text(last[0])}."
