"""Contrast of colours, as WCAG 2.2 reckons it."""

LEAST = 4.5
"""Of text against its background (WCAG 2.2, success criterion 1.4.3)."""


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return ``share`` of ``colour`` in ``other``, as CSS's ``color-mix(in srgb, …)`` does."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


def nearest_passing(colour: str, *backgrounds: str) -> str:
    """Return the shade nearest to ``colour`` that reads on every background.

    Darker and lighter are tried by steps of a hundredth. On one background, or
    on several of much the same lightness, there always is one.
    """
    for step in range(101):
        for end in ("#000000", "#ffffff"):
            shade = mix(end, colour, step / 100)
            if all(contrast(shade, background) >= LEAST for background in backgrounds):
                return shade
    return max(
        ("#000000", "#ffffff"), key=lambda end: min(contrast(end, back) for back in backgrounds)
    )
