"""Where a visitor came from, as the page's address says it: written by a poster or a newsletter, never by the visitor.

So it refuses nothing. It is cleaned, cut or dropped.
"""

from ingest_lambda.contract.grammar.text import clean, whole_characters

PARAMETERS = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "gclid",
    "fbclid",
)
"""Kept with an entry without a row in the form."""
MOST_CHARS = 300
MOST_SOURCE_CHARS = 60
"""Of ``?s=``, which names a poster or a QR code."""


def read_source(value: object, *, most: int = MOST_CHARS) -> str:
    """Return what an address says, at most ``most`` characters of it; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    try:
        # Half a character in an address arrives as U+FFFD, which names nothing.
        return whole_characters(clean(value.replace("\ufffd", "")), most)
    except ValueError:
        return ""
