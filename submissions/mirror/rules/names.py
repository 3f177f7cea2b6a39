"""How names are compared when staff search for a person."""

import re
import unicodedata
from contextlib import suppress

from ingest_lambda.contract.grammar.text import clean

NAME_KEY_CHARS = 60
"""Of a folded name, by which it is found."""
_MOST_CHARS = 1000
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u2032\u00b4\u0060\uff07", "'"),
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Every apostrophe that a keyboard or a word processor makes, and letters whose stroke is no accent."""
_BETWEEN_LETTERS = re.compile("[\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def fold(text: str) -> str:
    """Return a name or term as it is searched by: without accents, case and spare spaces, with plain apostrophes.

    A moderator types ``muller`` or ``MÜLLER``, ``O'Brien`` or ``O’Brien`` for the
    same person, and an index can only help with one spelling. Of what is longer than
    any answer the beginning counts: to put marks in their order takes the square of
    their number.
    """
    text = text[:_MOST_CHARS]
    with suppress(ValueError):  # more marks than any name has; they are dropped below
        text = clean(text)
    text = _BETWEEN_LETTERS.sub("", text.casefold()).translate(_SAME)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
