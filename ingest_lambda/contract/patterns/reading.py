"""Parse a pattern that staff typed, and write it so that every engine matches the same answers."""

import re

from ingest_lambda.contract.patterns.found import Fault, Pattern, PatternError
from ingest_lambda.contract.patterns.sets import (
    ANY,
    CLASSES,
    Ranges,
    everything_but,
    ranges_of,
    set_text,
    weight_of,
)

MAX_PATTERN_CHARS = 2000
"""The longest pattern as written out; sixty of them leave room in a manifest."""
MAX_WEIGHT = 2000
"""The most states of one pattern's automaton, with counted repeats multiplied out."""
_MOST_DEPTH = 30

_NO_END = float("inf")
_COUNTS = re.compile(r"\{([0-9]{1,5})?(,)?([0-9]{1,5})?\}")
_HEX = re.compile(
    r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|[xu]\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})"
)
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_GROUP = re.compile(r"\((?:\?(?::|P?<[A-Za-z_][A-Za-z0-9_]*>))?")
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")


def read_pattern(text: str) -> Pattern:
    r"""Return what ``text`` means, written with explicit sets only.

    Browsers, Rust and Python give ``\d``, ``\w``, ``\s`` and the dot meanings
    of their own, and know things that the others lack. What is returned uses
    only what all three read alike; read again, it comes out unchanged.

    Raises:
        PatternError: it can't be read, or uses what an engine without
            backtracking does not know.
    """
    if len(text) > MAX_PATTERN_CHARS:
        raise PatternError(Fault.TOO_LONG)
    reader = _Reader(text)
    found = reader.alternatives(depth=0)
    if reader.at < len(text):
        raise PatternError(Fault.GROUP_NOT_OPENED, ")")
    if found.weight > MAX_WEIGHT:
        raise PatternError(Fault.TOO_HEAVY)
    if len(found.text) > MAX_PATTERN_CHARS:
        raise PatternError(Fault.TOO_LONG)
    return found


class _Reader:
    """A place in a pattern, and what may stand there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def alternatives(self, *, depth: int) -> Pattern:
        if depth > _MOST_DEPTH:
            raise PatternError(Fault.TOO_DEEP)
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        return Pattern(
            text="|".join(branch.text for branch in branches),
            weight=sum(branch.weight for branch in branches) + len(branches) - 1,
            longest=max(branch.longest for branch in branches),
        )

    def _sequence(self, depth: int) -> Pattern:
        texts: list[str] = []
        weight, longest = 0, 0.0
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            part = self._repeated(depth)
            texts.append(part.text)
            weight += part.weight
            longest += part.longest
        return Pattern("".join(texts), weight, longest)

    def _repeated(self, depth: int) -> Pattern:
        begun = self.at
        if self._take("^"):
            one = Pattern("^", 1, 0)
        elif self._take("$"):
            one = Pattern("$", 1, 0)
        else:
            one = self._single(depth)
        counts = self._counts()
        if counts is None:
            return one
        if one.text in ("^", "$"):
            raise PatternError(Fault.NOTHING_TO_REPEAT, self.text[begun + 1 : self.at])
        self._take("?")  # Lazy or greedy makes no difference: the whole answer is matched.
        if self.text.startswith("+", self.at):
            raise PatternError(Fault.POSSESSIVE, self.text[begun : self.at + 1])
        if self._counts() is not None:
            raise PatternError(Fault.REPEATED_TWICE, self.text[begun : self.at])
        return _times(one, *counts)

    def _single(self, depth: int) -> Pattern:
        character = self.text[self.at]
        if character == "(":
            return self._group(depth)
        if character == "[":
            return _one_of(self._set())
        if character == "\\":
            return _one_of(self._escape())
        if character == ".":
            self.at += 1
            return _one_of(ANY)
        if character in "*+?" or (character == "{" and _COUNTS.match(self.text, self.at)):
            raise PatternError(Fault.NOTHING_TO_REPEAT, character)
        if character == "{":
            raise PatternError(Fault.BRACE, character)
        self.at += 1
        return _one_of(((_code(character),) * 2,))

    def _group(self, depth: int) -> Pattern:
        for look in _LOOKS:
            if self.text.startswith(look, self.at):
                raise PatternError(Fault.LOOKS_AROUND, look)
        opened = _GROUP.match(self.text, self.at)
        assert opened
        self.at = opened.end()
        if self.text.startswith("?", self.at):
            raise PatternError(Fault.OPTIONS, self.text[opened.start() : self.at + 2])
        inner = self.alternatives(depth=depth + 1)
        if not self._take(")"):
            raise PatternError(Fault.GROUP_NOT_CLOSED, "(")
        return Pattern(f"(?:{inner.text})", inner.weight + 1, inner.longest)

    def _counts(self) -> tuple[int, int | None] | None:
        """Read a quantifier; ``None`` if there is none."""
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return counts
        found = _COUNTS.match(self.text, self.at)
        if found is None or found[0] in ("{}", "{,}"):
            return None
        self.at = found.end()
        low = int(found[1] or 0)
        if not found[2]:
            return low, low
        high = int(found[3]) if found[3] else None
        if high is not None and high < low:
            raise PatternError(Fault.COUNTS, found[0])
        return low, high

    def _set(self) -> Ranges:
        begun = self.at
        self.at += 1
        negated = self._take("^")
        if self.text.startswith("]", self.at):
            raise PatternError(Fault.SET_EMPTY, "[]")
        pairs: list[tuple[int, int]] = []
        while not self._take("]"):
            if self.at >= len(self.text):
                raise PatternError(Fault.SET_NOT_CLOSED, self.text[begun : begun + 10])
            pairs += self._member()
        ranges = ranges_of(pairs)
        ranges = everything_but(ranges) if negated else everything_but(everything_but(ranges))
        if not ranges:
            raise PatternError(Fault.SET_EMPTY, self.text[begun : self.at])
        return ranges

    def _member(self) -> Ranges:
        begun = self.at
        low = self._set_character()
        ahead = self.text[self.at : self.at + 2]
        if len(ahead) < 2 or ahead[0] != "-" or ahead[1] == "]":
            return low
        self.at += 1
        high = self._set_character()
        first, last = low[0][0], high[0][0]
        if len(low) > 1 or len(high) > 1 or low[0][1] > first or high[0][1] > last or last < first:
            raise PatternError(Fault.RANGE, self.text[begun : self.at])
        return ((first, last),)

    def _set_character(self) -> Ranges:
        if self.text.startswith(("&&", "--", "~~", "||"), self.at):
            raise PatternError(Fault.SET_OPERATION, self.text[self.at : self.at + 2])
        character = self.text[self.at]
        if character == "[":
            raise PatternError(Fault.SET_IN_SET, "[")
        if character == "\\":
            return self._escape()
        self.at += 1
        return ((_code(character),) * 2,)

    def _escape(self) -> Ranges:
        shown = self.text[self.at : self.at + 2]
        name = shown[1:]
        if name in CLASSES:
            self.at += 2
            return CLASSES[name]
        if found := _HEX.match(self.text, self.at + 1):
            self.at = found.end()
            code = int(found[found.lastindex or 0], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise PatternError(Fault.ESCAPE, found[0])
            return ((code, code),)
        self.at += 2
        if name in _CONTROLS:
            return ((_CONTROLS[name],) * 2,)
        if name and name.isascii() and name.isprintable() and not name.isalnum():
            return ((ord(name),) * 2,)
        raise PatternError(_ESCAPES.get(name, Fault.ESCAPE), shown)

    def _take(self, sign: str) -> bool:
        taken = self.text.startswith(sign, self.at)
        self.at += taken
        return taken


_ESCAPES = {
    **dict.fromkeys("123456789kg", Fault.REFERS_BACK),
    **dict.fromkeys("bBAzZG", Fault.BOUNDARY),
    **dict.fromkeys("pPN", Fault.NAMED_SET),
}


def _code(character: str) -> int:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise PatternError(Fault.ESCAPE, f"\\u{code:04x}")
    return code


def _one_of(ranges: Ranges) -> Pattern:
    return Pattern(set_text(ranges), weight_of(ranges), 1)


def _times(one: Pattern, low: int, high: int | None) -> Pattern:
    copies = low + 1 if high is None else max(high, 1)
    if one.weight * copies > MAX_WEIGHT:
        raise PatternError(Fault.TOO_HEAVY)
    longest = one.longest * (_NO_END if high is None else high) if one.longest and high != 0 else 0
    signs = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}
    if (low, high) in signs:
        text = signs[low, high]
    else:
        text = f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"
    return Pattern(one.text + text, one.weight * copies, longest)
