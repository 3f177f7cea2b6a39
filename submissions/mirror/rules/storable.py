"""What is not kept of what people send: characters that no database takes, and tokens, which act for their entrant."""

import math
import re
from typing import Any

from ingest_lambda.contract import without_tokens

_STRANGE = re.compile("[\x00\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def storable(value: Any) -> Any:
    """Return a JSON value without tokens and without characters that cannot be kept.

    These are NUL and halves of surrogate pairs (a browser may send both), and
    the marks that turn the reading direction, of what stands behind them too
    (``campaignhub.clean_input`` takes them out of what staff send). What
    somebody sent is shown to staff as nearly as it can be: such a character
    becomes the sign for "unreadable", because refused for it the whole would
    be a gap between the table and the site for ever. So would
    it be for an infinite number, which Python reads and JSON does not have.
    """
    if isinstance(value, str):
        return without_tokens(_STRANGE.sub(_INSTEAD, value))
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
