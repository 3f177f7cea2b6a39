"""Which of an entry's photos a moderator sees first."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Photo:
    """What puts a photo before another."""

    is_unread: bool = False
    """It answers what was asked again, and no verdict was given since."""
    is_problem: bool = False
    """Something about it wants a look: the same file elsewhere, another than announced, no picture."""
    is_receipt: bool = False
    """Of the field that the form asks for a receipt in."""
    is_awaited: bool = False
    """There is nothing to see yet."""


def opens_on(photos: Sequence[Photo]) -> int:
    """Return the place of the photo to open an entry on, 0 where it has none.

    What was sent again and nobody has judged yet comes first; then what has a
    problem; then a receipt. Of equal ones the first, if there is anything to see.
    """
    ranks = [(not p.is_unread, not p.is_problem, not p.is_receipt, p.is_awaited) for p in photos]
    return ranks.index(min(ranks)) if ranks else 0
