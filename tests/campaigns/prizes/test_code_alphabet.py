"""Codes of our own: readable aloud, and a slip is noticed."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from campaigns.prizes.rules.code_alphabet import ALPHABET, is_ours, new_code


def test_codes_have_no_letter_that_looks_like_another() -> None:
    code = new_code(Random(1))
    assert len(code) == 14
    assert not set("01OILSU5VYZAE") - set("V") & set(code)
    assert is_ours(code)
    assert is_ours(code.lower())


@given(seed=st.integers(), place=st.integers(0, 11), other=st.sampled_from(ALPHABET))
def test_a_wrong_character_is_noticed(seed: int, place: int, other: str) -> None:
    code = new_code(Random(seed)).replace("-", "")
    wrong = code[:place] + other + code[place + 1 :]
    assert is_ours(wrong) is (wrong == code)


@given(seed=st.integers(), place=st.integers(0, 10))
def test_two_neighbours_swapped_are_noticed(seed: int, place: int) -> None:
    code = new_code(Random(seed)).replace("-", "")
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_ours(swapped) is (swapped == code)


def test_another_length_is_not_ours() -> None:
    assert not is_ours("7KQM")
    assert not is_ours("0" * 12)
