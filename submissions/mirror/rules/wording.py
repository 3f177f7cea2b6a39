"""Codes as words for staff."""


def in_words(code: str) -> str:
    """Return a code that has no sentence of its own as words."""
    return code.replace("_", " ").capitalize()
