"""Whoever sends a message names its fields; staff read no name that only a person can have."""

import json
from typing import Any

import pytest

from submissions.operations.rules.dead_letters import judge, masked

TYPED = [
    "ada@lovelace.example",
    "Ada Lovelace",
    "+447700900123",
    "1985-12-10",
    "12 Analytical Row",
    "\u202eecalevol",
    "<b>x</b>",
    "",
    "a" * 41,
]


def around(inner: dict[str, Any]) -> list[dict[str, Any]]:
    """Put an object where a message can have one."""
    sent = {"body": {"answers": inner, "consents": {"x": [inner]}}, "kind": "submission"}
    return [
        inner,
        sent,
        {"body": inner},
        {"why": "bad_token", "message": json.dumps(sent)},
        {"dynamodb": {"NewImage": {"answers": {"M": {"deep": inner}}}}},
        {"Records": [inner]},
    ]


@pytest.mark.parametrize("name", TYPED)
def test_a_name_that_no_field_has_is_hidden(name: str) -> None:
    for message in around({name: "x", f"{name}!": {name: 1}, "receipt_1": "y"}):
        shown = masked(json.dumps(message))
        assert "receipt_1" in shown
        assert not name or name not in shown
        assert name not in json.loads(shown)


def test_each_hidden_name_keeps_its_place() -> None:
    shown = json.loads(masked(json.dumps({"Ada L": 1, "kind": "submission", "Bob M": 2})))
    assert shown == {"••• 1": "•••", "kind": "submission", "••• 3": "•••"}


@pytest.mark.parametrize("name", TYPED[:-2])
def test_the_reason_repeats_no_name_either(name: str) -> None:
    for body in (
        {name: 1},
        {"kind": "submission", "body": {name: 1}},
        {"kind": "submission", "schema": 1, "slug": "s", "body": {name: 1}, name: 2},
        {"kind": name, "body": {}},
    ):
        verdict = judge("submissions", json.dumps(body))
        assert name not in f"{verdict.subject} {verdict.reason}"
