"""How names are compared when staff search for a person."""

import unicodedata


def fold(text: str) -> str:
    """Return a name or term as it is searched by: without accents, case and spare spaces.

    A moderator types ``muller`` or ``MÜLLER`` for the same person, and an
    index can only help with one spelling.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
