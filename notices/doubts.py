"""What a refusal proves less than that nobody has this mailbox: it is full, or somebody's rule is in the way. Pure.

Enhanced status codes as RFC 3463 and the registry of RFC 5248 have them: ``X.2`` speaks of a mailbox that is there,
``X.7`` of rules. Such a contact is asked again about the next case; about this one the next contact is asked.
"""

from typing import Final

PASSED_ON: Final = "it was passed on to a mailbox that does not take it"

_BY_CODE: Final = {
    "5.2.2": "its mailbox was full",
    "4.2.2": "its mailbox was full",
    "5.2.3": "the message was too long for it",
    "5.3.4": "the message was too long for it",
}
_RULE: Final = "a rule refused it, not its mailbox"


def doubt_in(code: str | None) -> str | None:
    """Why a refusal with this enhanced code is no proof that the mailbox is dead; ``None`` where it is."""
    if code is None:
        return None
    return _RULE if code[1:].startswith(".7.") else _BY_CODE.get(code)
