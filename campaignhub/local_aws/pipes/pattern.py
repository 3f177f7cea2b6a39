"""Event patterns, as EventBridge evaluates them. Pure.

A pattern is a tree of the event's shape. A leaf is a list of alternatives, each a
plain value or one operator; within an object every key must match. A key that
the event lacks matches only ``exists: false``. Where the event has an array, one
element that matches is enough.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_MISSING = object()


class UnknownOperator(ValueError):
    """The pattern uses an operator that this evaluation does not know; it would drop or pass too much."""


def passes(filters: list[str], event: Mapping[str, Any], body: str | None = None) -> bool:
    """Whether a record passes one of the filters; no filter passes all.

    ``filters`` are the ``Pattern`` texts of a ``FilterCriteria``. A record whose
    ``body`` is JSON is matched with the parsed one, as Pipes does for queues.

    Raises:
        UnknownOperator: see there.
    """
    if not filters:
        return True
    if body is not None:
        event = {**event, "body": _parsed(body)}
    return any(matches(_read(text), event) for text in filters)


@lru_cache(maxsize=100)
def _read(text: str) -> Mapping[str, Any]:
    """Read a pattern, once and not for every record."""
    pattern: Mapping[str, Any] = json.loads(text)
    return pattern


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether ``event`` has everything that ``pattern`` asks for."""
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(matches(alternative, event) for alternative in wanted):
                return False
            continue
        found = event.get(key, _MISSING) if isinstance(event, Mapping) else _MISSING
        if isinstance(wanted, Mapping):
            candidates = found if isinstance(found, list) else [found]
            if not any(matches(wanted, candidate) for candidate in candidates):
                return False
        elif not _any_alternative(wanted, found):
            return False
    return True


def _any_alternative(alternatives: list[Any], found: Any) -> bool:
    values = found if isinstance(found, list) else [found]
    return any(_one(alternative, value) for alternative in alternatives for value in values)


def _one(alternative: Any, value: Any) -> bool:
    if not isinstance(alternative, Mapping):
        # In Python 1 == True; in a pattern it is not.
        return (type(alternative) is type(value) and alternative == value) or (
            _is_number(alternative) and _is_number(value) and alternative == value
        )
    (operator, operand), *more = alternative.items()
    if more:
        raise UnknownOperator(f"{list(alternative)}")
    if operator == "exists":
        return (value is not _MISSING) is bool(operand)
    if value is _MISSING:
        return False
    match operator:
        case "prefix" | "suffix":
            return _affix(operator, operand, value)
        case "equals-ignore-case":
            return isinstance(value, str) and value.lower() == str(operand).lower()
        case "wildcard":
            text = re.escape(operand).replace(r"\*", ".*")
            return isinstance(value, str) and re.fullmatch(text, value, re.DOTALL) is not None
        case "anything-but":
            return not _anything(operand, value)
        case "numeric":
            return _numeric(operand, value)
        case _:
            raise UnknownOperator(operator)


def _affix(operator: str, operand: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(operand, Mapping):
        return _affix(operator, str(operand["equals-ignore-case"]).lower(), value.lower())
    return value.startswith(str(operand)) if operator == "prefix" else value.endswith(str(operand))


def _anything(operand: Any, value: Any) -> bool:
    alternatives = operand if isinstance(operand, list) else [operand]
    return any(_one(alternative, value) for alternative in alternatives)


def _numeric(operand: list[Any], value: Any) -> bool:
    if not _is_number(value):
        return False
    checks = {
        "=": lambda a, b: a == b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(bool(checks[sign](value, bound)) for sign, bound in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
