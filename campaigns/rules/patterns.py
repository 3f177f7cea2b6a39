"""Patterns that staff type: do they compile everywhere, and do they end?

A pattern is matched by browsers and by the writer against what a stranger
typed. Python's and browsers' engines backtrack, so ``(a+)+`` takes longer than
the universe on forty letters; a pattern is refused before it is published,
because afterwards it would hold up the queue.
"""

import math
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

# How the standard library takes a pattern apart; it has no types and no public name.
kinds: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

MOST_CHARS = 200

MOST_WAYS = 200_000
"""In which one run of characters may be shared out among the repeats that follow each other."""
MOST_STEPS = 20_000
"""Of the check itself: counted repeats are looked at round by round."""
MOST_ANSWER_CHARS = 300

_REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT)
_SINGLE = (kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY, kinds.IN)
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
    if _is_slow(list(parsed)):
        return (
            "The pattern can take for ever on some answers, because one repeat stands inside or "
            "right beside another that takes the same characters. Say it more simply."
        )
    return ""


def _without_escapes_of_backslash(pattern: str) -> str:
    return pattern.replace(r"\\", "  ")


class _Slow(Exception):
    """Somewhere a run of characters can be shared out in too many ways."""


_Run = tuple[tuple[frozenset[int], int], ...]
"""The repeats that may still quarrel about characters: what each takes, and in how many lengths."""


def _is_slow(nodes: list[Any], *, most_ways: int = MOST_WAYS) -> bool:
    try:
        _Walk(most_ways=most_ways).through(nodes, ())
    except _Slow:
        return True
    return False


class _Walk:
    """Follows a pattern from left to right and counts the ways in which its repeats can share.

    Inside a repeat nothing may be shared at all: what goes two ways in a round
    goes a thousand in ten of them.
    """

    def __init__(self, *, most_ways: int = MOST_WAYS) -> None:
        self._steps = 0
        self._most_ways = most_ways

    def through(self, nodes: Sequence[Any], run: _Run) -> _Run:
        for kind, value in nodes:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise _Slow
            if kind in _REPEATS:
                low, high, inner = value
                run = self._repeat(low, high, inner, run)
            elif kind is kinds.SUBPATTERN:
                run = self.through(value[3], run)
            elif kind is kinds.BRANCH:
                run = self._branches(value[1], run)
            elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
                self.through(value[1], ())
            elif kind is not kinds.AT:
                run = _after(run, frozenset(_characters([(kind, value)])))
        return run

    def _repeat(self, low: int, high: Any, inner: Sequence[Any], run: _Run) -> _Run:
        most = MOST_ANSWER_CHARS if high is kinds.MAXREPEAT else int(high)
        if most > MOST_ANSWER_CHARS:
            raise _Slow
        body, taken = _unwrapped(inner), frozenset(_characters(inner))
        single = len(body) == 1 and body[0][0] in _SINGLE
        if not single and low == most:
            for _round in range(most):
                run = self.through(body, run)
            return run
        if not single:
            self.through(body, run)
            if most == 1:
                if not _first_characters(body) and self._most_ways == 1:
                    raise _Slow  # nothing is matched in two ways
                return (*run, *self.through(body, ()))
            if not _rounds_are_plain(body):
                raise _Slow
        if low:
            run = _after(run, taken)
        return self._with(run, taken, most - low + 1) if low != most else run

    def _branches(self, branches: Sequence[Sequence[Any]], run: _Run) -> _Run:
        own: list[tuple[frozenset[int], int]] = []
        for branch in branches:
            self.through(branch, run)
            own += self.through(branch, ())
        if _heads_differ(branches):
            return (*run, *own)
        if self._most_ways == 1:
            raise _Slow
        every = frozenset(_characters([(kinds.BRANCH, (None, branches))]))
        return self._with((*run, *own), every, len(branches))

    def _with(self, run: _Run, taken: frozenset[int], ways: int) -> _Run:
        sharing = [its_ways for before, its_ways in run if before & taken]
        if sharing and math.prod(sharing) * ways > self._most_ways:
            raise _Slow
        return (*run, (taken, ways))


def _unwrapped(nodes: Sequence[Any]) -> list[Any]:
    """Return what stands in a group that holds everything."""
    body = list(nodes)
    while len(body) == 1 and body[0][0] is kinds.SUBPATTERN:
        body = list(body[0][1][3])
    return body


def _after(run: _Run, taken: frozenset[int]) -> _Run:
    """Drop the repeats that cannot take ``taken``: it has to stand there, so it ends their quarrel."""
    return tuple(entry for entry in run if entry[0] & taken)


def _rounds_are_plain(body: list[Any]) -> bool:
    """Whether rounds of a repeat can be told apart in one way only.

    Either each round has a character that nothing else in it can be, or
    nothing in it varies and its alternatives begin differently.
    """
    if _is_fixed(body):
        return True
    for place, (kind, value) in enumerate(body):
        if kind in _SINGLE or (kind in _REPEATS and value[0] == value[1] == 1):
            rest = body[:place] + body[place + 1 :]
            if not _characters([(kind, value)]) & _characters(rest):
                return not _is_slow(rest, most_ways=1)
    return False


def _is_fixed(nodes: Sequence[Any]) -> bool:
    for kind, value in nodes:
        if kind in _REPEATS:
            if value[0] != value[1] or not _is_fixed(value[2]):
                return False
        elif kind is kinds.SUBPATTERN:
            if not _is_fixed(value[3]):
                return False
        elif kind is kinds.BRANCH and not (
            _heads_differ(value[1]) and all(_is_fixed(branch) for branch in value[1])
        ):
            return False
    return bool(nodes)


def _heads_differ(branches: Sequence[Sequence[Any]]) -> bool:
    seen: set[int] = set()
    for branch in branches:
        head = _first_characters(branch)
        if not head or head & seen:
            return False
        seen |= head
    return True


def _first_characters(nodes: Sequence[Any]) -> set[int]:
    """Return what a match may begin with; nothing where it may be empty."""
    found: set[int] = set()
    for kind, value in nodes:
        if kind is kinds.AT:
            continue
        inner = value[2] if kind in _REPEATS else value[3] if kind is kinds.SUBPATTERN else None
        if inner is not None:
            found |= _first_characters(inner)
        elif kind is kinds.BRANCH:
            found |= {code for branch in value[1] for code in _first_characters(branch)}
        else:
            found |= _characters([(kind, value)])
        if kind not in _REPEATS or value[0] > 0:
            return found
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
