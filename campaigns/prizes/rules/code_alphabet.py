"""Codes that we make: letters and digits that people neither confuse nor read as words, and a check character."""

from random import Random

ALPHABET = "2346789BCDFGHJKMPQRTVWX"
"""No vowels, and nothing that looks like another: 0 and O, 1, I and L, 5 and S, U and V. Their number is a prime."""
RANDOM_CHARACTERS = 11
"""50 bits: of 1,500,000 codes one guess in 600 million hits."""
GROUP = 4


def new_code(rng: Random) -> str:
    """Return a code like ``7KQM-2XDB-VC4P``; its last character checks the others.

    A wrong character, or two neighbours swapped, is always noticed: the sum is
    weighted by position and taken modulo a prime that is greater than the length.
    """
    drawn = "".join(rng.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    whole = drawn + _check_character(drawn)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def is_ours(code: str) -> bool:
    """Tell whether a code has a check character that fits."""
    plain = code.replace("-", "").upper()
    if len(plain) != RANDOM_CHARACTERS + 1 or not set(plain) <= set(ALPHABET):
        return False
    return _check_character(plain[:-1]) == plain[-1]


def _check_character(characters: str) -> str:
    weighted = sum(
        (place + 2) * ALPHABET.index(character) for place, character in enumerate(characters)
    )
    return ALPHABET[-weighted % len(ALPHABET)]
