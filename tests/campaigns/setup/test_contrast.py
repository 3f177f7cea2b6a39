"""Colours that people can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.setup.rules.contrast import LEAST, contrast, mix, nearest_passing

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(colours, colours)
def test_the_proposed_shade_can_be_read_on_any_background(colour: str, background: str) -> None:
    assert contrast(nearest_passing(colour, background), background) >= LEAST


@given(colours, colours)
def test_a_colour_that_passes_is_proposed_unchanged(colour: str, background: str) -> None:
    if contrast(colour, background) >= LEAST:
        assert nearest_passing(colour, background) == colour


def test_no_shade_reads_on_black_grey_and_white_at_once() -> None:
    assert nearest_passing("#777777", "#000000", "#767676", "#ffffff") in {"#000000", "#ffffff"}


def test_mixing_keeps_the_ends() -> None:
    assert mix("#112233", "#ffffff", 1) == "#112233"
    assert mix("#112233", "#ffffff", 0) == "#ffffff"
