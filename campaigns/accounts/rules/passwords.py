"""What makes a password easy to guess although it is long."""

import unicodedata
from collections.abc import Iterable

MOST_CHARS = 256
"""Of a password that somebody chooses: what judges it takes the square of accents in a row."""
LEFT_AT_LEAST = 8
"""Letters and digits that a password needs besides names, runs and repetitions."""

FEWEST_SIGNS = 5
SHORTEST_WORD = 3
SHORTEST_RUN = 4

# As people replace letters: both sides are folded, so it need not be right, only the same.
_LOOKALIKES = str.maketrans("013457@$!|l", "oieastasiii")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def names_within(names: Iterable[str]) -> list[str]:
    """Return names and the words they are made of, as they are looked for."""
    found = set()
    for name in names:
        found.add(_folded(name))
        # An address is made of words as well: ada.lovelace@example.com.
        found |= {_folded(word) for word in _spaced(name).split()}
    return [name for name in found if len(name) >= SHORTEST_WORD]


def leans_on(password: str, words: Iterable[str]) -> bool:
    """Tell whether too little is left of a password without these words (from :func:`names_within`)."""
    left = _folded(password)
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return " " in left and len(left.replace(" ", "")) < LEFT_AT_LEAST


def is_pattern(password: str) -> bool:
    """Tell whether a password is a run on the keyboard, or repeats itself."""
    plain = password.casefold()
    if len(set(plain)) < FEWEST_SIGNS or _repeats(plain):
        return True
    return len(_without_runs(plain)) < LEFT_AT_LEAST


def core_of(password: str) -> str:
    """Return a password without the digits and signs that people put around a word."""
    return password.casefold().strip("0123456789!?.,;:_-+*#@$%&/ ")


def _repeats(plain: str) -> bool:
    longest = len(plain) // 2
    return any(
        (plain[:unit] * (len(plain) // unit + 1)).startswith(plain)
        for unit in range(1, min(longest, LEFT_AT_LEAST) + 1)
    )


def _without_runs(plain: str) -> str:
    """Leave of every run of four or more only where it begins."""
    lines = [line[::step] for line in _RUNS for step in (1, -1)]
    kept, at = "", 0
    while at < len(plain):
        end = at + 1
        while end < len(plain) and any(plain[at : end + 1] in line for line in lines):
            end += 1
        kept += plain[at] if end - at >= SHORTEST_RUN else plain[at:end]
        at = end
    return kept


def _spaced(name: str) -> str:
    return "".join(sign if sign.isalnum() else " " for sign in name)


def _folded(text: str) -> str:
    """Return letters and digits, without case, marks and the usual replacements."""
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(_LOOKALIKES)
    return "".join(sign for sign in parts if sign.isalnum())
