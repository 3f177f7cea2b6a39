"""Codes as words for staff."""

from enum import StrEnum


def in_words(code: str) -> str:
    """Return a code that has no sentence of its own as words."""
    return code.replace("_", " ").capitalize()


class Worded(StrEnum):
    """Codes with the words that staff read."""

    @property
    def label(self) -> str:
        """Return it as staff read it."""
        return in_words(self.value)
