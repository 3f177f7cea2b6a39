"""Patterns that staff type: do they compile everywhere, and do they end?

A pattern is matched by browsers and by the writer against what a stranger
typed. Python's and browsers' engines backtrack, so ``(a+)+`` takes longer than
the universe on forty letters; a pattern is refused before it is published,
because afterwards it would hold up the queue.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_CHARS = 200
MOST_REPEATS = 1000
"""Of one counted repeat; more is slow to compile and never meant."""

_REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT)
_OTHER_SYNTAX = re.compile(r"\(\?(?![:=!])|\\[AZzGQE]|\\[1-9]|\\[pPk]|[*+?}]\+")
"""Named groups, flags, look-behind, back references, possessive repeats: not the same in both."""


def pattern_problem(pattern: str) -> str:
    """Return what is wrong with a pattern, as a sentence; empty where nothing is."""
    if len(pattern) > MOST_CHARS:
        return f"The pattern is longer than {MOST_CHARS} characters. Shorten it."
    try:
        parsed = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"The pattern can't be read: {getattr(error, 'msg', 'it is too deep')}. Correct it."
    if _OTHER_SYNTAX.search(_without_escapes_of_backslash(pattern)):
        return (
            "The pattern uses what browsers and server read differently (flags, look-behind, "
            "named or repeated groups). Say it with plain sets and repeats."
        )
    if _is_slow(parsed):
        return (
            "The pattern can take for ever on some answers, because one repeat stands inside or "
            "right beside another that takes the same characters. Say it more simply."
        )
    return ""


def _without_escapes_of_backslash(pattern: str) -> str:
    return pattern.replace(r"\\", "  ")


def _is_slow(nodes: Iterable[Any]) -> bool:
    """Whether a run of characters can be shared out in exponentially or cubically many ways."""
    run: list[
        set[int]
    ] = []  # open-ended repeats that follow each other, as the characters they take
    for kind, value in nodes:
        if kind in _REPEATS:
            low, high, inner = value
            if high is not kinds.MAXREPEAT and high > MOST_REPEATS:
                return True
            open_ended = high is kinds.MAXREPEAT or high - low > 20
            if _is_slow(inner) or (open_ended and high > 1 and _is_ambiguous(inner)):
                return True
            if open_ended:
                run.append(_characters(inner))
                if sum(bool(taken & run[-1]) for taken in run) >= 3:
                    return True
            continue
        if kind is kinds.SUBPATTERN:
            if _is_slow(value[3]):
                return True
        elif kind is kinds.BRANCH:
            if any(_is_slow(branch) for branch in value[1]):
                return True
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT) and _is_slow(value[1]):
            return True
        if kind is not kinds.AT:
            taken = _characters([(kind, value)])
            # A character that the repeats before can't take ends their quarrel.
            run = [before for before in run if before & taken]
    return False


def _is_ambiguous(nodes: Sequence[Any]) -> bool:
    """Whether what is repeated may itself match one text in several ways, or match nothing."""
    for kind, value in nodes:
        if kind in _REPEATS:
            low, high, _inner = value
            if (high is kinds.MAXREPEAT or high > low) and _may_join(nodes):
                return True
        elif kind is kinds.SUBPATTERN:
            if _is_ambiguous(value[3]) and len(nodes) == 1:
                return True
        elif kind is kinds.BRANCH:
            heads = [_first_characters(branch) for branch in value[1]]
            for number, head in enumerate(heads):
                if not head or any(head & other for other in heads[:number]):
                    return True
    return False


def _may_join(nodes: Sequence[Any]) -> bool:
    """Whether the end of one round may also be the beginning of the next."""
    fixed = [node for node in nodes if node[0] not in _REPEATS and node[0] is not kinds.AT]
    loose = set().union(*(_characters(value[2]) for kind, value in nodes if kind in _REPEATS))
    return not fixed or any(_characters([node]) & loose for node in fixed)


def _first_characters(nodes: Sequence[Any]) -> set[int]:
    for node in nodes:
        if node[0] is not kinds.AT:
            return _characters([node])
    return set()


_SAMPLE = range(32, 383)
"""Printable ASCII, Latin-1 and Latin Extended-A: enough to tell whether two sets overlap."""
_ELSE = 0x10000
"""Stands for every character beyond the sample."""


def _characters(nodes: Iterable[Any]) -> set[int]:
    """Return the characters of the sample that may stand somewhere in a match of ``nodes``."""
    taken: set[int] = set()
    for kind, value in nodes:
        if kind is kinds.LITERAL:
            taken.add(value if value in _SAMPLE else _ELSE)
        elif kind in (kinds.NOT_LITERAL, kinds.ANY):
            taken |= {code for code in _SAMPLE if code != value} | {_ELSE}
        elif kind is kinds.IN:
            taken |= _set(value)
        elif kind in _REPEATS:
            taken |= _characters(value[2])
        elif kind is kinds.SUBPATTERN:
            taken |= _characters(value[3])
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                taken |= _characters(branch)
    return taken


def _set(items: Sequence[Any]) -> set[int]:
    taken: set[int] = set()
    negated = False
    for kind, value in items:
        if kind is kinds.NEGATE:
            negated = True
        elif kind is kinds.LITERAL:
            taken.add(value if value in _SAMPLE else _ELSE)
        elif kind is kinds.RANGE:
            taken |= {code for code in _SAMPLE if value[0] <= code <= value[1]}
            if value[1] >= _SAMPLE.stop:
                taken.add(_ELSE)
        elif kind is kinds.CATEGORY:
            taken |= {code for code in _SAMPLE if _CATEGORIES[value].match(chr(code))} | {_ELSE}
    return {*_SAMPLE, _ELSE} - taken if negated else taken


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: re.compile(r"\d"),
    kinds.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    kinds.CATEGORY_SPACE: re.compile(r"\s"),
    kinds.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    kinds.CATEGORY_WORD: re.compile(r"\w"),
    kinds.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
