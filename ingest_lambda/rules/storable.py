"""What every store on the way takes: no text, number or nesting that one of them refuses.

DynamoDB takes any text; SQS refuses most control characters and U+FFFE and
U+FFFF, and behind the table's stream stands a queue; PostgreSQL and SQLite take
no NUL, no half of a surrogate pair and no JSON with ``NaN`` or ``Infinity``.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 8
"""Arrays and objects in each other that are read at all; the gateway admits three."""

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
    """Tell whether a parsed value is shallow, and every number in it one that JSON has.

    ``1e400`` has the spelling of a number and is infinity once it is read; written
    again it is a word that no database takes.
    """
    return is_shallow(value) and all(
        math.isfinite(one) for level in _levels(value) for one in level if isinstance(one, float)
    )


def _levels(value: Any) -> Iterator[list[Any]]:
    """Yield what stands at each depth, and no further than it takes to know that it is too deep.

    Level by level, for recursion is what a deep value breaks.
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
