"""A line of numbers as a small picture: where its points lie."""

from collections.abc import Sequence

WIDTH, HEIGHT = 288, 48
"""Of the picture, in its own units; three to a quarter of an hour of a day."""
_EDGE = 2


def polyline(points: Sequence[float | None]) -> list[str]:
    """Return the stretches of a line as ``x,y x,y …``; where nothing is known, it has a gap.

    Zero lies at the bottom and the greatest number at the top. A single point is
    drawn as a short stretch, for it would not be seen otherwise.
    """
    most = max((point for point in points if point is not None), default=0) or 1
    step = WIDTH / max(1, len(points) - 1)
    stretches: list[list[str]] = [[]]
    for number, point in enumerate(points):
        if point is None:
            stretches.append([])
            continue
        y = HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * point / most
        stretches[-1].append(f"{number * step:.1f},{y:.1f}")
    return [" ".join(one if len(one) > 1 else [one[0], one[0]]) for one in stretches if one]
