"""What ``hotline doctor`` says of one part: how it stands, and the remedy."""

from enum import StrEnum


class State(StrEnum):
    """How a part stands."""

    OK = "ok"
    UNSET = "unset"
    """Not decided yet; much works without."""
    UNSURE = "unsure"
    """It may be meant so; a person should look."""
    MISSING = "missing"
    WRONG = "wrong"
    SILENT = "silent"
    """A server that does not answer as it should."""

    @property
    def is_fault(self) -> bool:
        """Whether the doctor ends with 1 because of it."""
        return self in (State.MISSING, State.WRONG, State.SILENT)


Finding = tuple[str, State, str]
"""Part, state, remedy."""
