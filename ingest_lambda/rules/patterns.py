"""Whether an answer matches the pattern of its field."""

from functools import lru_cache

from pydantic_core import SchemaValidator, core_schema

from ingest_lambda.contract.patterns import MOST_ANSWER_CHARS, Pattern

_REMEMBERED = 128
"""Compiled patterns of a warm function: one takes at most 2 MB, once many answers were matched."""


def matches(pattern: Pattern, answer: str) -> bool:
    """Tell whether the whole answer matches, in a time that grows with both lengths only.

    Rust's engine has no backtracking (https://docs.rs/regex, "Untrusted
    patterns"); it comes with pydantic, which every function's archive carries.
    """
    if len(answer) > min(pattern.longest, MOST_ANSWER_CHARS):
        return False
    return _compiled(pattern.text).isinstance_python(answer)


@lru_cache(maxsize=_REMEMBERED)
def _compiled(text: str) -> SchemaValidator:
    return SchemaValidator(
        core_schema.str_schema(pattern=f"^(?:{text})$", regex_engine="rust-regex")
    )
