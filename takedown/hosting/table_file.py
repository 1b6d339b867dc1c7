"""A table that operators write, as a file in the home: one that cannot be read is never the same as none."""

from pathlib import Path

from hotline.errors import HotlineError


def read_table(home: Path, name: str) -> str | None:
    """The text of a table in the home; ``None`` where there is none.

    Raises:
        HotlineError: something is there that is no readable file: its entries would be lost without a word.
    """
    try:
        return (home / name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as wrong:
        remedy = "make it a file that the hotline's account can read, or take it away"
        raise HotlineError(f"{name} in the home cannot be read ({wrong.strerror}); {remedy}") from None
