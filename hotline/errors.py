"""The errors that a person is meant to read."""


class HotlineError(Exception):
    """Nothing was done: one line says what is wrong, where, and how to mend it.

    The command line prints the line on standard error and ends with status 2, never with a traceback. The text
    may name files, settings and line numbers, but no URL and no host name: it may end up in a log.
    """

    exit_code = 2


class NotYetBuilt(HotlineError):
    """A command of the contract that a later release brings."""


class Forbidden(HotlineError):
    """The person who acts may not do this; the text says who may."""
