"""What the patterns of one form may cost: the same sum in the publish check and in the writer."""

from collections.abc import Iterable
from functools import lru_cache

from ingest_lambda.contract.patterns.found import Pattern, PatternError
from ingest_lambda.contract.patterns.reading import read_pattern

MOST_ANSWER_CHARS = 300
"""Of an answer that a pattern is matched against."""
MOST_WORK = 30_000
"""The most work of one form: about as many microseconds for the worst answers and an empty cache."""


def work_of(pattern: Pattern, max_length: int | None) -> int:
    """Return what a pattern costs for the worst answer: to read, to compile and to match it.

    In units of about a microsecond on a slow machine. A state of an automaton
    takes at most 40 ns a character, and 2 µs to build.
    """
    chars = min(pattern.longest, max_length or MOST_ANSWER_CHARS, MOST_ANSWER_CHARS)
    return len(pattern.text) + pattern.weight * 2 + pattern.weight * int(chars) // 25


def judged_patterns(asked: Iterable[tuple[str, str | None, int | None]]) -> dict[str, Pattern]:
    """Return the patterns by which answers are judged, by field.

    ``asked`` are a form's fields in order: name, pattern, longest answer. A pattern
    that can't be read is left out, and so are all after ``MOST_WORK`` is spent, which
    bounds the time of a submission for any manifest. The publish check refuses a form
    that would lose a pattern here, so only older releases do; their answers to such a
    field are accepted unchecked.
    """
    found: dict[str, Pattern] = {}
    left = MOST_WORK
    for name, text, max_length in asked:
        if not text or len(text) > left:
            continue
        pattern = _pattern_or_none(text)
        if pattern is None:
            left -= len(text)
        elif (work := work_of(pattern, max_length)) <= left:
            left -= work
            found[name] = pattern
    return found


@lru_cache(maxsize=512)
def _pattern_or_none(text: str) -> Pattern | None:
    try:
        return read_pattern(text)
    except PatternError:
        return None
