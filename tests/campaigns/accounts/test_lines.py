"""What people typed, as one line, and whether a reader sees any of it."""

import pytest

from campaigns.accounts.rules.lines import is_blank


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b", "\ufeff\u2060", "\u3164", "\u2800 \u00a0", "\u00ad"]
)
def test_what_nobody_sees_is_no_word(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\u200bok", ".", "👍", "עברית", "a" + "\u0301" * 99])
def test_what_is_there_to_be_seen_is_one(text: str) -> None:
    assert not is_blank(text)
