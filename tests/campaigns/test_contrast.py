"""Colours that people can read."""

import pytest

from campaigns.rules.contrast import LEAST, contrast, nearest_passing


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("background", ["#ffffff", "#000000", "#777777", "#ffd500"])
def test_the_proposed_shade_can_be_read(background: str) -> None:
    assert contrast(nearest_passing("#888888", background), background) >= LEAST


def test_a_colour_that_passes_is_proposed_unchanged() -> None:
    assert nearest_passing("#123456", "#ffffff") == "#123456"
