"""ipwhois as a parser: its patterns for the address registries' texts, without its sockets.

It is fed text only. Its patterns search the whole text again and again, so that long or hostile texts are
cut before they get there.
"""

from dataclasses import dataclass
from typing import Any, Final

from ipwhois.whois import RIR_WHOIS, Whois

from hotline.countries import country_code
from takedown.hosting.blocks import Block, blocks

LONGEST: Final = 24 * 1024
_LONGEST_LINE: Final = 400
_MOST_RANGES: Final = 30
_FIELDS: Final = ["name", "handle", "description", "country"]


class _TextParser(Whois):  # type: ignore[misc]
    """The library's own constructor wants an address to dial; a parser has none."""

    def __init__(self) -> None:
        self._net = None


@dataclass(frozen=True)
class Reading:
    """A network as ipwhois reads it."""

    blocks: tuple[Block, ...]
    name: str = ""
    description: str = ""
    country: str | None = None


def readings(text: str) -> tuple[Reading, ...]:
    """The networks that ipwhois finds in a text; none when the library stumbles over it."""
    try:
        return tuple(_readings(_bounded(text)))
    except Exception:
        return ()  # the library raises whatever its patterns meet; our own reading stands without it


def _bounded(text: str) -> str:
    """The beginning of a text with few ranges: the library takes each apart into prefixes."""
    lines: list[str] = []
    ranges = 0
    for line in text[:LONGEST].splitlines():
        ranges += line.startswith(("inet", "route", "CIDR"))
        if ranges > _MOST_RANGES:
            break
        lines.append(line[:_LONGEST_LINE])
    return "\n".join(lines) + "\n"


def _readings(text: str) -> list[Reading]:
    parser = _TextParser()
    style, nets = _nets(parser, text)
    found = []
    for index, net in enumerate(nets[:20]):
        end = nets[index + 1]["start"] if index + 1 < len(nets) else None
        fields = parser.parse_fields(
            text, RIR_WHOIS[style]["fields"], end, net["end"], RIR_WHOIS[style].get("dt_format"), _FIELDS
        )
        found.append(_reading(net, fields))
    return [each for each in found if each.blocks]


def _nets(parser: _TextParser, text: str) -> tuple[str, list[dict[str, Any]]]:
    if "NetRange:" in text:
        return "arin", parser.get_nets_arin(text)
    if "\nowner:" in text:
        return "lacnic", parser.get_nets_lacnic(text)
    return "ripencc", parser.get_nets_other(text)


def _reading(net: dict[str, Any], fields: dict[str, Any]) -> Reading:
    description = str(fields.get("description") or "").splitlines()
    return Reading(
        blocks=blocks(str(net.get("cidr") or "")),
        name=str(fields.get("name") or "").partition("\n")[0],
        description=description[0] if description else "",
        country=country_code(str(fields.get("country") or "")),
    )
