"""Patterns of answers: one grammar for the form builder, the page and the writer.

The functions match them with an engine without backtracking, whose time is linear in
the pattern and the answer. It has no look-around and no back references. Golden samples: ``tests/contract/samples/patterns.json``.
"""

from ingest_lambda.contract.patterns.cost import MOST_ANSWER_CHARS as MOST_ANSWER_CHARS
from ingest_lambda.contract.patterns.cost import MOST_WORK as MOST_WORK
from ingest_lambda.contract.patterns.cost import judged_patterns as judged_patterns
from ingest_lambda.contract.patterns.cost import work_of as work_of
from ingest_lambda.contract.patterns.found import Fault as Fault
from ingest_lambda.contract.patterns.found import Pattern as Pattern
from ingest_lambda.contract.patterns.found import PatternError as PatternError
from ingest_lambda.contract.patterns.reading import MAX_PATTERN_CHARS as MAX_PATTERN_CHARS
from ingest_lambda.contract.patterns.reading import MAX_WEIGHT as MAX_WEIGHT
from ingest_lambda.contract.patterns.reading import read_pattern as read_pattern
