"""The XML of NCMEC's hash sharing API, version 2: entries of images and videos, and entries that are taken back.

It is fed to the parser line by line: only so does each entry have its true line, and memory ends with the entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from lxml import etree  # type: ignore[import-untyped]

from crawler.hashlists.formats.rows import (
    BadRow,
    Damage,
    ListRow,
    Row,
    Withdrawal,
    digest,
    kind_of,
    name_of,
)
from hotline.errors import HotlineError

_ROOT: Final = "queryresult"
_ENTRIES: Final = frozenset({"image", "video"})
_DELETED: Final = "deleted"
_PORTION: Final = 65_536
_LARGEST_ENTRY: Final = 20_000  # elements: an entry has a dozen, and the feedback of every member
_SCHEME: Final = "ncmec"


@dataclass
class Paging:
    """What a page tells about the pages: where the next one is, and the newest entry of all."""

    next: str | None = None
    newest: str | None = None
    is_whole: bool = False


def rows(stream: BinaryIO, paging: Paging | None = None) -> Iterator[Row]:
    """The entries of a document, each as it is found; ``paging`` is filled on the way.

    Raises:
        HotlineError: no XML of this kind, or one with a document type, which no list needs.
    """
    paging = paging if paging is not None else Paging()
    parser: Any = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    reading = _Entries(paging)
    line, fault = 1, None
    while fault is None and (piece := stream.readline(_PORTION)):
        try:
            parser.feed(piece)
        except etree.XMLSyntaxError as wrong:
            fault = wrong
        yield from reading.take(parser.read_events(), line)
        line += fault is None and piece.endswith(b"\n")
    try:
        parser.close()
        paging.is_whole = fault is None
    except etree.XMLSyntaxError as wrong:
        if fault is None:
            fault, line = wrong, min(line, wrong.lineno or line)
    if not reading.is_begun:
        raise HotlineError("line 1: this is no XML of a hash exchange; check --format, and that the file is unpacked")
    if fault is not None:
        yield Damage(line, f"the file is cut off or broken here: {(fault.msg or '').partition(', line')[0]}")


class _Entries:
    """Turns the parser's events into rows, and gives back the memory of what is done."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self._line = 0
        self._entry: Any = None
        self._parts = 0
        self.is_begun = False

    def take(self, events: Any, line: int) -> Iterator[Row]:
        for event, element in events:
            if event == "start":
                self._start(element, line)
            else:
                yield from self._end(element)

    def _start(self, element: Any, line: int) -> None:
        name = _name(element)
        if not self.is_begun:
            _refuse_document(element, name)
            self.is_begun = True
        if self._entry is None and name.removeprefix(_DELETED) in _ENTRIES:
            self._entry, self._line, self._parts = element, line, 0
        newest = element.get("maxTimestamp")
        if newest and name in ("images", "videos"):
            self._paging.newest = max(newest, self._paging.newest or "")

    def _end(self, element: Any) -> Iterator[Row]:
        if element is self._entry:
            yield self._whole(element)
            self._entry = None
        elif self._entry is not None:
            self._parts += 1
            if self._parts <= _LARGEST_ENTRY:
                return  # it is kept until the entry is whole
        elif _name(element) == "next":
            self._paging.next = (element.text or "").strip() or None
        element.clear(keep_tail=False)
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]

    def _whole(self, entry: Any) -> Row:
        if self._parts > _LARGEST_ENTRY:
            return BadRow(self._line, f"the entry has more than {_LARGEST_ENTRY} elements")
        return _row(entry, self._line)


def _refuse_document(root: Any, name: str) -> None:
    if root.getroottree().docinfo.doctype:
        raise HotlineError("line 1: the file has a document type (<!DOCTYPE …>); no list needs one, and it is refused")
    if name != _ROOT:
        raise HotlineError(f"line 1: the file is a <{name[:40]}>, not a <queryResult>; check --format")


def _name(element: Any) -> str:
    """The name without its namespace: it differs between the environments of the exchange."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""  # an entity has no name


def _row(entry: Any, line: int) -> Row:
    name = _name(entry)
    cells = {_name(child): child for child in entry}
    source_id = name_of(_attribute(cells.get("member"), "id"), name.removeprefix(_DELETED), _text(cells.get("id")))
    try:
        digests, others = _digests(cells.get("fingerprints"))
        if name.startswith(_DELETED):
            if source_id is None and not digests:
                raise ValueError("a withdrawal without the id of its entry")
            return Withdrawal(line, source_id, **digests)
        if not digests:
            raise ValueError(f"no digest of a kind that is known, only {others}" if others else "no digest")
    except ValueError as wrong:
        return BadRow(line, f"{wrong} (id {source_id})" if source_id else str(wrong))
    classification = _text(cells.get("classification"))
    return ListRow(
        line,
        scheme=f"{_SCHEME} {classification[:40]}" if classification else None,
        source_id=source_id,
        lasting=source_id is not None,
        category=classification or None,
        **digests,
    )


def _digests(fingerprints: Any) -> tuple[dict[str, Any], str]:
    """The digests, and the names of what else is there: a large fingerprint is only a reference (``href``)."""
    digests: dict[str, Any] = {}
    others = []
    for child in fingerprints if fingerprints is not None else ():
        text, kind = _text(child), kind_of(_name(child))
        if kind is None or not text:
            others.append(_name(child)[:40])
        else:
            digests.setdefault(kind.value, digest(text, kind))
    return digests, ", ".join(others[:5])


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""


def _attribute(element: Any, name: str) -> str | None:
    return element.get(name) if element is not None else None
