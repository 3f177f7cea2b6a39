"""The last submissions of many are measured apart from the first."""

import pytest

from bench.journey import slices


@pytest.mark.parametrize(
    ("count", "sent"),
    [(600, [600]), (15_000, [15_000]), (30_000, [30_000]), (250_000, [15_000, 220_000, 15_000])],
)
def test_the_first_and_the_last_of_many_are_sent_apart(count: int, sent: list[int]) -> None:
    assert slices(count) == sent
