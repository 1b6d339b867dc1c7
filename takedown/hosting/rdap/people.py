"""The people and organisations of a record at every depth, those that are only a handle completed."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from takedown.hosting.rdap.jcard import Card
from takedown.hosting.rdap.objects import Entity

_MOST: Final = 200

Placed = tuple[Entity, tuple[Entity, ...]]


def everyone(entities: Sequence[Entity]) -> tuple[Placed, ...]:
    """Every entity with those that enclose it, outer ones first.

    One that is only a handle has the card that the same handle carries elsewhere in the record (LACNIC,
    NIC.br).
    """
    found = tuple(_walk(entities))
    told = {each.handle: each for each, _ in reversed(found) if each.handle and each.card != Card()}
    return tuple((_completed(each, told), above) for each, above in found)


def people(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """Every entity, outer ones first."""
    return tuple(each for each, _ in everyone(entities))


def _walk(entities: Sequence[Entity]) -> Iterator[Placed]:
    waiting: deque[Placed] = deque((each, ()) for each in entities[:_MOST])
    for _ in range(_MOST):
        if not waiting:
            return
        entity, above = waiting.popleft()
        yield entity, above
        room = max(0, _MOST - len(waiting))
        waiting.extend((each, (*above, entity)) for each in entity.entities[:room])


def _completed(entity: Entity, told: Mapping[str, Entity]) -> Entity:
    twin = told.get(entity.handle)
    if twin is None or entity.card != Card():
        return entity
    return replace(entity, card=twin.card, links=entity.links or twin.links)
