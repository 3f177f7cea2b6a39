"""Sets of characters that a pattern allows at one position, as ranges of code points."""

from collections.abc import Iterable

LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)
"""UTF-16 surrogates; no text that we store has one, and Rust's engine supports none."""

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range: in order, apart from each other, without surrogates."""


def ranges_of(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """Return pairs of code points as ranges in order, joined where they touch."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def everything_but(ranges: Ranges) -> Ranges:
    """Return the characters that are not in ``ranges``."""
    found: list[tuple[int, int]] = []
    free = 0
    for low, high in ranges_of((*ranges, _SURROGATES)):
        if free < low:
            found.append((free, low - 1))
        free = high + 1
    if free <= LAST:
        found.append((free, LAST))
    return tuple(found)


DIGITS: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACES: Ranges = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
LINE_ENDS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D))
CLASSES = {
    "d": DIGITS,
    "w": WORD,
    "s": SPACES,
    "D": everything_but(DIGITS),
    "W": everything_but(WORD),
    "S": everything_but(SPACES),
}
"""These escapes as browsers read them. Python's and Rust's include digits and letters of all scripts."""
ANY = everything_but(LINE_ENDS)


def weight_of(ranges: Ranges) -> int:
    """Return how many states a set needs in an automaton over UTF-8, roughly: one below 128."""
    beyond = sum(high > 0x7F for _low, high in ranges)
    return 3 + beyond // 4 if beyond else 1


def set_text(ranges: Ranges) -> str:
    """Write a set as browsers, Rust and Python read it alike."""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return literal_text(ranges[0][0])
    if ranges[-1][1] < LAST:
        return f"[{_inside(ranges)}]"
    others = everything_but(ranges)
    return f"[^{_inside(others)}]" if others else r"[\s\S]"


def literal_text(code: int) -> str:
    """Write one character that stands for itself, outside of a set."""
    if chr(code) in r"\.*+?()[]{}|":
        return f"\\{chr(code)}"
    return _escaped(code) if chr(code) in "^$" else _shown(code)


def _inside(ranges: Ranges) -> str:
    return "".join(
        _in_set(low)
        if low == high
        else f"{_in_set(low)}{_in_set(high)}"
        if low + 1 == high
        else f"{_in_set(low)}-{_in_set(high)}"
        for low, high in ranges
    )


def _in_set(code: int) -> str:
    """Punctuation is escaped in a set: each engine has operators of its own among it."""
    character = chr(code)
    plain = code > 0x7F or character.isalnum() or character in "_ "
    return _shown(code) if plain else _escaped(code)


def _shown(code: int) -> str:
    return chr(code) if chr(code).isprintable() or code > 0xFFFF else _escaped(code)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
