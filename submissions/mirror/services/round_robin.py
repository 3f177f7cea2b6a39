"""What waits to be done, one campaign after the other: the backlog of one delays no other."""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet


def in_turn(
    waiting: QuerySet[Any], *, due: Q, order: Sequence[str], most: int
) -> list[tuple[int, UUID]]:
    """Return up to ``most`` rows of ``waiting`` that are ``due``, of each campaign in turn, with its campaign.

    In each turn the campaign whose first row comes first in ``order`` begins.
    ``waiting`` needs a partial index of its own that begins with ``campaign`` and
    goes on with ``order``: each campaign costs two look-ups in it, and nothing is
    read of a backlog but what is returned.
    """
    lines: list[list[tuple[Any, ...]]] = []
    seen: UUID | None = None
    while (campaign := _next_campaign(waiting, seen)) is not None:
        line = waiting.filter(due, campaign=campaign).order_by(*order)
        lines.append(list(line.values_list(*order, "pk", "campaign")[:most]))
        seen = campaign
    lines = sorted(filter(None, lines), key=lambda line: line[0][: len(order)])
    turns = chain.from_iterable(zip_longest(*lines))
    return [(row[-2], row[-1]) for row in turns if row is not None][:most]


def _next_campaign(waiting: QuerySet[Any], seen: UUID | None) -> UUID | None:
    further = waiting if seen is None else waiting.filter(campaign__gt=seen)
    found: UUID | None = further.order_by("campaign").values_list("campaign", flat=True).first()
    return found
