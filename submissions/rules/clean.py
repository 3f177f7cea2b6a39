"""What is not kept of what people send: characters that no database takes, and tokens, which act for their entrant."""

import re
from typing import Any

from ingest_lambda.contract import without_tokens

_STRANGE = re.compile("[\x00\ud800-\udfff]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def clean(value: Any) -> Any:
    """Return a JSON value without NUL, halves of surrogate pairs (a browser may send both) and tokens.

    What somebody sent is shown to staff as nearly as it can be: a character that
    cannot be stored becomes the sign for "unreadable", because refused for it the
    whole would be a gap between the table and the site for ever.
    """
    if isinstance(value, str):
        return without_tokens(_STRANGE.sub(_INSTEAD, value))
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return value
