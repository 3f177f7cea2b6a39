"""Patterns of form fields: bounded before a campaign is published."""

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from ingest_lambda.contract.patterns import MOST_WAYS, pattern_problem
from ingest_lambda.load import UnsafePattern
from tests.ingest_lambda.writing import EMAIL_FIELD, Desk, make_claims


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{2}[0-9]{6}[A-D]?",
        r"\d{4}-\d{4}",
        r"(foo|bar|baz)-[0-9]+",
        r"[A-Za-z ]+",
        r"(?:AB|CD){1,3}",
        r".*cola.*",
        r"^[0-9]{13}$",
        r"[0-9]{1,10} [0-9]{1,10} [0-9]{1,10}",
    ],
)
def test_a_pattern_as_people_write_them_is_taken(pattern):
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(a|a)*b",
        r"(a|ab)*c",
        r"(\d+,?)+",
        r"\d+-?\d+-?\d+",
        r"(.*)(.*)(.*)x",
        r"((a?){9}){9}",
        r"(?:(?:a{0,5}){0,5}){0,5}b",
    ],
)
def test_a_pattern_with_too_many_ways_is_refused_in_words(pattern):
    problem = pattern_problem(pattern)
    assert problem is not None
    assert "{1,20}" in problem


@pytest.mark.parametrize("pattern", [r"(", r"[z-a]", r"a{5,2}", "*"])
def test_what_is_no_pattern_says_so(pattern):
    assert pattern_problem(pattern) == "This pattern can't be read."


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"(?>a+)b"])
def test_what_browsers_may_read_otherwise_is_refused(pattern):
    problem = pattern_problem(pattern)
    assert problem is not None


def test_a_field_with_a_short_answer_may_repeat_more():
    pattern = r"\d+-\d+-\d+"
    assert pattern_problem(pattern) is not None
    assert pattern_problem(pattern, longest=20) is None


@given(
    st.lists(
        st.sampled_from(["a", "[ab]", "a?", "a*", "(ab?)*", "(a|b)", "(a|aa){1,4}", "a{2,9}"]),
        min_size=1,
        max_size=5,
    )
)
def test_a_pattern_that_is_taken_is_matched_in_a_moment(parts):
    pattern = "".join(parts)
    if pattern_problem(pattern) is not None:
        return
    begun = time.process_time()
    re.fullmatch(pattern, "a" * 299 + "!")
    assert time.process_time() - begun < 2.0, f"{pattern} took longer than {MOST_WAYS} ways may"


@pytest.fixture
def _aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.mark.usefixtures("_aws")
def test_a_release_with_an_unsafe_pattern_is_not_published():
    field = {"name": "code", "kind": "text", "pattern": "(a+)+b"}
    with pytest.raises(UnsafePattern, match="code"):
        Desk(fields=(EMAIL_FIELD, field))


@pytest.mark.usefixtures("_aws")
def test_a_pattern_is_not_tried_on_a_long_text():
    field = {"name": "story", "kind": "long_text", "pattern": "a*"}
    desk = Desk(fields=(EMAIL_FIELD, field))
    for length, outcome in ((300, "pending_review"), (301, "invalid")):
        answers = {"email": "ann@example.com", "story": "a" * length}
        assert desk.send(make_claims(), answers=answers) == outcome
