"""What every store accepts: no text, number or nesting that one of them refuses.

DynamoDB accepts any text. SQS, which the table's stream feeds, refuses most control
characters and U+FFFE and U+FFFF. PostgreSQL and SQLite accept no NUL, no lone
surrogate and no JSON with ``NaN`` or ``Infinity``.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 8
"""The most levels of arrays and objects that are read; the gateway admits three."""

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Beyond what SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""
_INSTEAD = "?"


def storable_text(text: str) -> str:
    """Return a text with a question mark for each character that some store refuses."""
    return _REFUSED.sub(_INSTEAD, text)


def storable(value: Any) -> Any:
    """Return a JSON value, :func:`is_readable`, with texts and keys as :func:`storable_text` writes them."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value


def is_shallow(value: Any) -> bool:
    """Tell whether a parsed value nests at most :data:`DEEPEST` levels."""
    return sum(1 for _ in _levels(value)) <= DEEPEST + 1


def is_readable(value: Any) -> bool:
    """Tell whether a parsed value is shallow and every number in it is a JSON number.

    ``1e400`` is spelled as a number and parsed as infinity, which would be written as
    ``Infinity``, a word that no database accepts.
    """
    return is_shallow(value) and all(
        math.isfinite(one) for level in _levels(value) for one in level if isinstance(one, float)
    )


def _levels(value: Any) -> Iterator[list[Any]]:
    """Yield the values at each depth, up to one level more than is allowed.

    Level by level and without recursion, which a deep value would exhaust.
    """
    level = [value]
    for _ in range(DEEPEST + 2):
        if not level:
            return
        yield level
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
