"""Which patterns a form field may carry: only those that can be matched in a bounded time.

Python's engine tries one way after another. A pattern such as ``(a+)+b`` has
so many that one answer of 40 characters keeps a function busy until it is cut
off, and its message comes back five times. So the ways are counted before a
campaign is published.
"""

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parse  # type: ignore[import-not-found]
from typing import Any

MOST_WAYS = 100_000
"""Ways to match that a pattern may have; twice that many steps take some milliseconds."""
LONGEST_ANSWER = 300
"""A repeat without an end is reckoned up to here, the longest answer of one line."""

_ONE_WAY = frozenset(
    {sre.ANY, sre.AT, sre.CATEGORY, sre.IN, sre.LITERAL, sre.NOT_LITERAL, sre.RANGE}
)
_REPEATS = frozenset({sre.MAX_REPEAT, sre.MIN_REPEAT})


def pattern_problem(pattern: str, *, longest: int = LONGEST_ANSWER) -> str | None:
    """Say in words why a field may not have this pattern; ``None`` where it may.

    ``longest`` is the field's own bound on its answers.
    """
    try:
        parsed = sre_parse.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return "This pattern can't be read."
    try:
        ways = _ways(parsed, min(longest, LONGEST_ANSWER))
    except _NotShared:
        return "This pattern uses something that browsers and we don't read alike."
    if ways > MOST_WAYS:
        return (
            "This pattern could keep us busy for very long. Say how often a part may repeat, "
            "as in {1,20}, and don't repeat what repeats already."
        )
    return None


class _NotShared(Exception):
    """A construct whose meaning differs between browsers and Python, or whose cost we don't know."""


def _ways(parsed: Any, longest: int) -> int:
    """Count the ways in which a backtracking engine could go through a pattern, as an upper bound."""
    total = 1
    for operator, argument in parsed:
        total *= _ways_of(operator, argument, longest)
        if total > MOST_WAYS:
            return MOST_WAYS + 1
    return total


def _ways_of(operator: Any, argument: Any, longest: int) -> int:
    if operator in _ONE_WAY:
        return 1
    if operator is sre.SUBPATTERN:
        return _ways(argument[-1], longest)
    if operator is sre.BRANCH:
        return sum(_ways(branch, longest) for branch in argument[1])
    if operator in _REPEATS:
        least, most, repeated = argument
        inner = _ways(repeated, longest)
        most = min(int(most), max(longest, int(least)))
        if inner == 1:
            return most - int(least) + 1
        total = 0
        for times in range(int(least), most + 1):
            total += inner**times
            if total > MOST_WAYS:
                break
        return total
    raise _NotShared(str(operator))
