"""Patterns that staff type: readable everywhere, and never slow."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.patterns import pattern_problem


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{2}[0-9]{6}",
        r"\d{4}( \d{4}){3}",
        r"[0-9]+(-[0-9]+)*",
        r"(red|green|blue)+",
        r"(?=.*\d)(?=.*[a-z]).{8,}",
        r"\w+@\w+\.\w+",
        r"[^@ ]+@[^@ ]+",
        r"^NL-[A-Z]$",
        r"\\1[+]",
        r"(ab?)c",
        r"[\d\s\W]{3}",
        r"[^\x00-\x1f]+",
        r"(?!x)y+?",
        "é+ż",
    ],
)
def test_patterns_of_every_day_pass(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+",
        r"(a*)*",
        r"(a?)*",
        r"(a|a)*",
        r"(a|ab)*c",
        r"(|a)+",
        r"([a-z]+ ?)+",
        r"(\w+\s*)+",
        r"((a)+)+b",
        r"(x+x+)+y",
        r".*.*.*x",
        r"\d{0,99}\d{0,99}\d{0,99}",
        r"a{1,5000}",
        r"(?=(a+)+)b",
        r"(b|(c+)+)",
        r"([^b]+)*b",
        r"(.|\S)*z",
        r"(\d+)+\D",
        r"(ē+)+",
        r"(((a?)?b)*)?",
        r"((((a|b)*){2})?){2}",
        r"(.?.?){9}",
        r"(((((ab){9}){9}){9}){9}){9}c",
    ],
)
def test_patterns_that_can_take_for_ever_are_refused(pattern: str) -> None:
    assert "for ever" in pattern_problem(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "a{3", "*", "(?P<", "\\"])
def test_what_cannot_be_read_is_refused_or_means_itself(pattern: str) -> None:
    if pattern_problem(pattern) == "":
        re.compile(pattern)
    else:
        assert "can't be read" in pattern_problem(pattern)


@pytest.mark.parametrize(
    "pattern", [r"(?P<a>b)", r"(?i)a", r"(?<=a)b", r"(.)\1", r"a++", r"a\Z", r"(?>a)"]
)
def test_what_browsers_read_differently_is_refused(pattern: str) -> None:
    assert "browsers" in pattern_problem(pattern)


def test_a_pattern_that_is_too_long_is_refused() -> None:
    assert "longer" in pattern_problem("a" * 201)


PIECES = st.sampled_from(["a", "b", "[ab]", ".", "a?", r"\w", "(a|b)"])
REPEATS = st.sampled_from(["", "+", "*", "{2}", "?"])


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.tuples(PIECES, REPEATS).map("".join),
        lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=3).map("".join), REPEATS).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
        max_leaves=5,
    )
)
def test_what_passes_ends_quickly_on_the_answers_that_hurt_most(pattern: str) -> None:
    if pattern_problem(pattern):
        return
    compiled = re.compile(pattern)
    begun = time.process_time()
    for answer in ("a" * 60 + "!", "ab" * 30 + "!", "b" * 60 + "!"):
        compiled.fullmatch(answer)
    assert time.process_time() - begun < 1
