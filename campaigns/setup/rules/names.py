"""Machine names: what rows of a form and choices are called in answers and exports."""

import re
import unicodedata
from collections.abc import Container

_MOST_READ = 500
"""Characters of a label that its machine name is made of, before it is cut."""


def machine_name(text: str, *, most: int = 40) -> str:
    """Make a name of small letters, digits and underscores out of what people call it."""
    # A label can be as long as a request, and accents in a row take the square of their number.
    plain = (
        unicodedata.normalize("NFKD", text[:_MOST_READ]).encode("ascii", "ignore").decode().lower()
    )
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:most].strip("_")
    return name if name[:1].isalpha() or not name else f"n_{name}"[:most]


def free_name(name: str, taken: Container[str]) -> str:
    """Return a machine name that is not ``taken``: ``name``, or it with a number."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name[:36]}_{number}", number + 1
    return free
