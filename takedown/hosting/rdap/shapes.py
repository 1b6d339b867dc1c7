"""JSON of unknown shape, read without trust: each function gives what is asked for, or nothing."""

from typing import Final

DEEPEST: Final = 12


def record(value: object) -> dict[str, object]:
    """The object itself, or an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """A list; a lone value where a list belongs counts as one of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: object) -> str:
    """A string or number as stripped text; anything else is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        return str(value).strip()
    except ValueError:  # an integer of thousands of digits
        return ""


def texts(value: object, depth: int = 0) -> tuple[str, ...]:
    """Every string in a value, lists flattened, in order."""
    if isinstance(value, list):
        if depth > DEEPEST:
            return ()
        return tuple(each for item in value for each in texts(item, depth + 1))
    found = text(value)
    return (found,) if found else ()


def words(value: object) -> tuple[str, ...]:
    """Strings in lower case, as roles and types are compared."""
    return tuple(each.lower() for each in texts(value))


def number(value: object) -> int | None:
    """A whole number that fits 64 bits, also when it is written as text (``AS64500`` too)."""
    digits = text(value).upper().removeprefix("AS").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    return int(digits)
