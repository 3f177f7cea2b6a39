"""Words that people typed, as one line: for a mail's headers and for every place where a line break would mean something."""

import unicodedata

from ingest_lambda.contract.grammar.text import clean

_JOINERS = "\u200c\u200d"
"""Persian words and many emoji are spelled with them, and they hide nothing."""


def one_line(text: str) -> str:
    """Return ``text`` as one line that reads in the order in which it is stored.

    Line breaks and tabs become spaces. Control characters, halves of surrogate
    pairs and invisible ones are left out, above all those that turn the
    direction of what follows ("bidi controls"). What a mail program would decode
    (``=?utf-8?…``, RFC 2047) is broken up, so that nobody reads what nobody saw.
    """
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _is_hidden(c))
    return " ".join(kept.replace("=?", "= ?").split())


def is_blank(text: str) -> bool:
    """Tell whether a reader sees nothing of ``text``: spaces and invisible characters are no word on why."""
    try:
        return not clean(text)
    except ValueError:
        return False  # more marks over a letter than any writing has, but there to be seen


def _is_hidden(character: str) -> bool:
    return character not in _JOINERS and unicodedata.category(character) in ("Cc", "Cf", "Cs")
