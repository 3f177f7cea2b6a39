"""Patterns of answers: one grammar for the form builder, the page and the writer.

The functions match them with an engine without backtracking, whose time is linear in
the pattern and the answer. It has no look-around and no back references. Golden samples: ``tests/contract/samples/patterns.json``.
"""

from ingest_lambda.contract.patterns.cost import (
    MOST_ANSWER_CHARS,
    MOST_WORK,
    judged_patterns,
    work_of,
)
from ingest_lambda.contract.patterns.found import Fault, Pattern, PatternError
from ingest_lambda.contract.patterns.reading import (
    MAX_PATTERN_CHARS,
    MAX_WEIGHT,
    read_pattern,
)

__all__ = [
    "MAX_PATTERN_CHARS",
    "MAX_WEIGHT",
    "MOST_ANSWER_CHARS",
    "MOST_WORK",
    "Fault",
    "Pattern",
    "PatternError",
    "judged_patterns",
    "read_pattern",
    "work_of",
]
