"""The root of the staff side's errors: a rule said no."""

from typing import ClassVar


class DomainError(Exception):
    """A rule said no.

    The message is worded for the person who asked and shown to them; it is not
    logged as a fault. ``code`` is for machines: each subclass has one of its own,
    which no one changes, because tests and audit lines name it.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
