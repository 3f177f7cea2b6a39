"""Event patterns mean what EventBridge means by them."""

import pytest

from campaignhub.local_aws.pipes.pattern import UnknownOperator, matches, passes


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        ({"a": ["x"]}, {"a": "x"}),
        ({"a": ["x", "y"]}, {"a": "y", "b": 1}),
        ({"a": {"b": [1]}}, {"a": {"b": 1.0}}),
        ({"a": [None]}, {"a": None}),
        ({"a": [True]}, {"a": True}),
        ({"a": ["x"]}, {"a": ["z", "x"]}),
        ({"a": {"b": ["x"]}}, {"a": [{"b": "z"}, {"b": "x"}]}),
        ({"a": [{"prefix": "IMAGE#"}]}, {"a": "IMAGE#1#1#1"}),
        ({"a": [{"prefix": {"equals-ignore-case": "im"}}]}, {"a": "IMAGE"}),
        ({"a": [{"suffix": ".jpg"}]}, {"a": "b.jpg"}),
        ({"a": [{"wildcard": "a*c.d"}]}, {"a": "abbc.d"}),
        ({"a": [{"equals-ignore-case": "yes"}]}, {"a": "YES"}),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}),
        ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "y"}),
        ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 5}),
        ({"a": [{"exists": True}]}, {"a": None}),
        ({"a": [{"exists": False}]}, {"b": 1}),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}),
        ({}, {"a": 1}),
    ],
)
def test_it_matches(pattern, event):
    assert matches(pattern, event)


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        ({"a": ["x"]}, {"a": "X"}),
        ({"a": ["x"], "b": ["y"]}, {"a": "x"}),
        ({"a": [1]}, {"a": True}),
        ({"a": ["1"]}, {"a": 1}),
        ({"a": [{"prefix": "x"}]}, {"a": 1}),
        ({"a": [{"prefix": ""}]}, {}),
        ({"a": {"b": ["x"]}}, {"a": "x"}),
        ({"a": [{"wildcard": "a.c"}]}, {"a": "abc"}),
        ({"a": [{"anything-but": ["x"]}]}, {}),
        ({"a": [{"numeric": [">", 0, "<", 5]}]}, {"a": 5}),
        ({"a": [{"numeric": ["=", 1]}]}, {"a": True}),
        ({"a": [{"exists": True}]}, {}),
    ],
)
def test_it_does_not_match(pattern, event):
    assert not matches(pattern, event)


def test_an_operator_that_is_not_known_is_an_error_and_not_a_guess():
    with pytest.raises(UnknownOperator):
        matches({"a": [{"cidr": "10.0.0.0/8"}]}, {"a": "10.0.0.1"})


def test_one_filter_of_several_is_enough_and_none_passes_all():
    assert passes(['{"a":["x"]}', '{"a":["y"]}'], {"a": "y"})
    assert passes([], {"a": "y"})


def test_a_message_is_matched_with_its_body_parsed():
    assert passes(['{"body":{"kind":["message"]}}'], {}, body='{"kind":"message"}')
    assert not passes(['{"body":{"kind":["message"]}}'], {}, body="not JSON")
