"""How many examples a test is tried with: some in every run, ten times as many in `make nightly`, all in `make soak`."""

import os
from typing import Any

import pytest

NIGHTLY = bool(os.environ.get("NIGHTLY"))
EXAMPLES = 300
"""By night, where a test says nothing else."""


def examples(by_night: int = EXAMPLES) -> int:
    """Return how many examples to try in this run; twenty at least."""
    return by_night if NIGHTLY else max(20, by_night // 10)


def in_soak(*values: Any) -> list[Any]:
    """Return values for a parameter that are tried in `make soak` only: they go the way that another went."""
    return [pytest.param(value, marks=pytest.mark.soak) for value in values]
