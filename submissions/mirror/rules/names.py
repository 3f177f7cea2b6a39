"""How names are compared when staff search for a person, and shown among other words."""

import re
import unicodedata
from contextlib import suppress

from ingest_lambda.contract.grammar.text import clean

NAME_KEY_CHARS = 60
"""Of a folded name, by which it is found."""
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u2032\u00b4\u0060\uff07", "'"),
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Every apostrophe that a keyboard or a word processor makes, and letters whose stroke is no accent."""
_BETWEEN_LETTERS = re.compile("[\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OPENS, _CLOSES = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = ("R", "AL", "AN")


def fold(text: str) -> str:
    """Return a name or term as it is searched by: without accents, case and spare spaces, with plain apostrophes.

    A moderator types ``muller`` or ``MÜLLER``, ``O'Brien`` or ``O’Brien`` for the
    same person, and an index can only help with one spelling.
    """
    with suppress(ValueError):  # more marks than any name has; they are dropped below
        text = clean(text)
    text = _BETWEEN_LETTERS.sub("", text.casefold()).translate(_SAME)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def isolated(text: str) -> str:
    """Return a text that stands among other words so that its direction turns nothing around it.

    A name in Arabic or Hebrew would draw the punctuation, numbers and names behind it to
    its other side (https://www.w3.org/International/articles/inline-bidi-markup). The
    marks go with the text wherever it goes, also into a title or a mail of plain text.
    """
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_OPENS}{text}{_CLOSES}"
    return text
