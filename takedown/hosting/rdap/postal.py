"""The country in a postal address, however a registry writes it: seldom as RFC 6350 asks.

A country decides whose law and hotline apply, so that only what must be one counts: "CA" in the middle of an
address is California as often as Canada.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from hotline.countries import country_code
from takedown.hosting.rdap.shapes import listed, record, text, texts

_WHOLE: Final = 7
_NAMED: Final = (
    "cc",
    "countrycode",
    "country-code",
    "country_code",
    "countryname",
    "country-name",
    "country_name",
    "country",
)
_CODES: Final = ("iso-3166-1-alpha-2", "country", "country-name", "countrycode", "cc")


class Line(Protocol):
    """A line of a card."""

    @property
    def name(self) -> str:
        """In lower case."""

    @property
    def parameters(self) -> dict[str, Any]:
        """By lower-case name."""

    @property
    def values(self) -> tuple[str, ...]:
        """Flattened."""

    @property
    def raw(self) -> object:
        """As they stood."""


def country_of(lines: Iterable[Line]) -> str | None:
    """The first country that the lines of a card name."""
    for line in lines:
        said = _candidates(line) if line.name == "adr" else line.values if line.name in _CODES else ()
        code = next((code for each in said if (code := country_code(each))), None)
        if code:
            return code
    return None


def _candidates(line: Line) -> Iterator[str]:
    yield text(line.parameters.get("cc"))  # RFC 8605
    for part in listed(line.raw):
        yield from _in_components(part)
    if len(listed(line.raw)) >= _WHOLE:  # the components as values, not as one structured value
        yield from _in_components(line.raw)
    for label in texts(line.parameters.get("label")):
        yield from _in_label(label)
    if len(listed(line.raw)) == 1:
        yield from _in_label(text(listed(line.raw)[0]))


def _in_components(value: object) -> Iterator[str]:
    members = {str(key).lower(): each for key, each in record(value).items()}
    yield from (text(members.get(name)) for name in _NAMED)
    if not isinstance(value, list) or not value:
        return
    if len(value) >= _WHOLE:
        yield from reversed(texts(value[_WHOLE - 1]))
        return
    yield text(value[-1])


def _in_label(label: str) -> Iterator[str]:
    """The last line of an unstructured address; lines end with a newline, or with its two letters ``\\n``."""
    lines = [
        each.strip(" ,") for each in label.replace("\\r", "").replace("\\n", "\n").splitlines() if each.strip(" ,")
    ]
    if not lines:
        return
    yield lines[-1]
    tail = lines[-1].rpartition(",")[2].strip()
    before = lines[-1].split(",")[-2:-1]  # "Yerevan, Armenia, 0001"
    # Before a code of digits Georgia is a state.
    inner = (each for each in (*before, *lines[-2:-1]) if each.strip().lower() != "georgia")
    yield from (each for each in (tail, *inner) if len(each) > 3)
