"""Patterns: one meaning for every engine, and a cost that both lengths bound."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_lambda.contract.patterns import (
    MAX_PATTERN_CHARS,
    MAX_WEIGHT,
    MOST_WORK,
    Fault,
    Pattern,
    PatternError,
    judged_patterns,
    read_pattern,
    work_of,
)
from ingest_lambda.rules.patterns import matches
from tests.contract.reading import sample
from tests.support.examples import examples
from tests.support.patterns import answers, typed_patterns

GOLDEN = sample("patterns")


def read_or_none(typed: str) -> Pattern | None:
    try:
        return read_pattern(typed)
    except PatternError:
        return None


def by_python(pattern: Pattern, answer: str) -> bool:
    """Match with a backtracking engine, whose ``$`` would let a line break stand behind."""
    return re.fullmatch(pattern.text.replace("$", r"\Z"), answer) is not None


@pytest.mark.parametrize("golden", GOLDEN["read"], ids=lambda golden: golden["typed"])
def test_a_pattern_is_written_with_explicit_sets_and_matches_the_whole_answer(golden):
    pattern = read_pattern(golden["typed"])
    assert pattern.text == golden["form"]
    for answer in golden["matches"]:
        assert (answer, matches(pattern, answer)) == (answer, True)
        assert by_python(pattern, answer)
    for answer in golden["others"]:
        assert (answer, matches(pattern, answer)) == (answer, False)
        assert not by_python(pattern, answer)


@pytest.mark.parametrize("golden", GOLDEN["refused"], ids=lambda golden: golden["typed"])
def test_what_an_engine_without_backtracking_lacks_is_refused(golden):
    with pytest.raises(PatternError) as raised:
        read_pattern(golden["typed"])
    assert raised.value.fault == golden["fault"]


def test_every_fault_but_length_stands_in_the_golden_samples():
    assert {golden["fault"] for golden in GOLDEN["refused"]} == set(Fault) - {Fault.TOO_LONG}


@pytest.mark.parametrize("typed", ["a" * (MAX_PATTERN_CHARS + 1), r"\S" * 100])
def test_a_pattern_that_is_too_long_is_refused_before_and_after_it_is_written_out(typed):
    with pytest.raises(PatternError) as raised:
        read_pattern(typed)
    assert raised.value.fault is Fault.TOO_LONG


@settings(max_examples=examples(1500), deadline=None)
@given(typed_patterns, st.lists(answers, min_size=4, max_size=4))
def test_our_engine_and_python_agree_on_what_is_written_out(typed, texts):
    pattern = read_or_none(typed)
    if pattern is None:
        return
    assert read_pattern(pattern.text) == pattern
    for text in texts:
        assert matches(pattern, text) == by_python(pattern, text)


@settings(max_examples=examples(500), deadline=None)
@given(typed_patterns, answers)
def test_what_is_longer_than_a_pattern_says_never_matches(typed, text):
    pattern = read_or_none(typed)
    if pattern and len(text) > pattern.longest:
        # By our engine, which agrees with Python's: that may go back for minutes.
        assert not matches(pattern, text)


@settings(max_examples=examples(500), deadline=None)
@given(st.text(max_size=40) | st.text("\\[](){}^$|?*+-.&~xuUp{,}019", max_size=40))
def test_whatever_is_typed_is_read_or_refused_and_what_is_read_compiles(typed):
    pattern = read_or_none(typed)
    if pattern:
        assert matches(pattern, "x") in (True, False)
        assert pattern.weight <= MAX_WEIGHT


@pytest.mark.parametrize(
    "typed",
    [
        r"(a?){1000}",
        r"([ab]?a?c?){500}",
        r"((a{0,10}){0,10}){0,17}",
        r"([ab]*a[ab]{150}c?){0,9}",
        r"(a|ab|abc|abcd|(a|b)*){0,50}",
        r"(.*a){0,300}",
        r"([^a]*b?[^b]*){0,200}",
    ],
)
def test_the_worst_patterns_take_no_longer_than_they_are_reckoned_at(typed):
    pattern = read_pattern(typed)
    rounds = []
    for turn in range(5):
        fresh = Pattern(f"{pattern.text}|#{turn}", pattern.weight, pattern.longest)
        texts = ["".join("ab"[(n * 7919 >> k) & 1] for n in range(300)) for k in range(1, 4)]
        begun = time.process_time()
        for text in ("a" * 300, *texts):
            matches(fresh, text)
        rounds.append((time.process_time() - begun) / 4)
    assert min(rounds) * 1e6 < 4 * max(2000, work_of(pattern, 300))


def test_patterns_beyond_what_one_entry_may_cost_are_left_unjudged_in_the_order_of_the_form():
    heavy = "(?:a?){1000}"
    assert MOST_WORK / 2 < work_of(read_pattern(heavy), None) < MOST_WORK
    judged = judged_patterns([("one", heavy, None), ("two", heavy, None), ("three", "b", 9)])
    assert set(judged) == {"one", "three"}


def test_a_pattern_of_an_older_release_that_cannot_be_read_judges_nothing():
    assert set(judged_patterns([("a", "(?=.*b).+", None), ("b", r"\d", None)])) == {"b"}


def test_reading_hopeless_patterns_costs_what_the_form_may_cost():
    asked = [(f"f{n}", "(?=" + "(" * 1900 + str(n), None) for n in range(60)]
    begun = time.process_time()
    assert judged_patterns(asked) == {}
    assert time.process_time() - begun < 0.5
