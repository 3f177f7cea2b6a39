"""What no database takes: NUL, and halves of surrogate pairs, which a browser may send."""

import re
from typing import Any

_STRANGE = re.compile("[\x00\ud800-\udfff]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def clean(value: Any) -> Any:
    """Return a JSON value in which every character that cannot be stored is the sign for "unreadable".

    What somebody sent is shown to staff as nearly as it can be; refused for a
    single character it would be a gap between the table and the site for ever.
    """
    if isinstance(value, str):
        return _STRANGE.sub(_INSTEAD, value)
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    return value
