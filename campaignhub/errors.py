"""Errors of the staff's side: a rule said no."""


class DomainError(Exception):
    """A rule said no. Worded for the person who asked; shown, never logged as a fault."""

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
