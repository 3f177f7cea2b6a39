"""How many examples a property is tried with: some in every run, ten times as many in `make nightly`."""

import os

NIGHTLY = bool(os.environ.get("NIGHTLY"))
EXAMPLES = 300
"""By night, where a test says nothing else."""


def examples(by_night: int = EXAMPLES) -> int:
    """Return how many examples to try in this run; twenty at least."""
    return by_night if NIGHTLY else max(20, by_night // 10)
