"""Records with parts deleted, replaced, nested or repeated: what registries do to each other's records."""

import copy
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

JUNK: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        [[], {}, [[]], {"": None}, "198.51.100.0", "abuse@north.example", "registrant", ["abuse"], "vcard"]
    )
)
OPERATIONS = st.sampled_from(["delete", "replace", "nest", "wrap", "repeat", "stringify"])


def paths(value: Any, here: Path = ()) -> list[Path]:
    """Every place in a record, the record itself left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Path] = []
    for key, inner in members:
        found += [(*here, key), *paths(inner, (*here, key))]
    return found


@st.composite
def mutated(draw: st.DrawFn, records: list[dict[str, Any]], most: int = 4) -> dict[str, Any]:
    """One of the records after some mutations."""
    record = copy.deepcopy(draw(st.sampled_from(records)))
    for _ in range(draw(st.integers(0, most))):
        places = paths(record)
        if places:
            _mutate(record, draw(st.sampled_from(places)), draw(OPERATIONS), copy.deepcopy(draw(JUNK)))
    return record


def _mutate(record: Any, path: Path, operation: str, junk: Any) -> None:
    *way, key = path
    owner = record
    for step in way:
        owner = owner[step]
    old = owner[key]
    if operation == "delete":
        del owner[key]
    elif operation == "repeat" and isinstance(owner, list):
        owner.append(copy.deepcopy(old))
    else:
        made = {"nest": [copy.deepcopy(old)], "wrap": {"entities": copy.deepcopy(old)}, "stringify": str(old)}
        owner[key] = made.get(operation, junk)
