"""Rows of many campaigns, each read through its own index: the first of all of them, or one campaign after the other."""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

_BRANCHES_A_QUERY = 400
"""SQLite takes 500 terms in one compound query."""


def first_of(branches: Sequence[QuerySet[Any]], *, order: Sequence[str], most: int) -> list[Any]:
    """Return the ids of the first ``most`` rows of all branches together; ``order`` ends with the id.

    ``campaign IN (…) ORDER BY …`` reads and sorts every row of these campaigns,
    which takes seconds at a million. Here every branch stops at ``most`` rows of
    its own index, and only those are merged. Django spells no such query for
    SQLite (a limit inside a union), so the branches are compiled and put
    together by hand; every value stays a parameter.
    """
    if not branches:
        return []
    names = [name.lstrip("-") for name in order]
    places = ", ".join(
        f"{place} {'DESC' if name.startswith('-') else 'ASC'}"
        for place, name in enumerate(order, start=1)
    )
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(branches), _BRANCHES_A_QUERY):
        parts: list[str] = []
        values: list[Any] = []
        for number, branch in enumerate(branches[start : start + _BRANCHES_A_QUERY]):
            rows = branch.order_by(*order).values_list(*names)[:most]
            text, parameters = rows.query.sql_with_params()
            parts.append(f"SELECT * FROM ({text}) AS branch_{number}")  # noqa: S608 - compiled by Django, values apart
            values += parameters
        with connection.cursor() as cursor:
            cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY {places} LIMIT {most}", values)
            found += cursor.fetchall()
    if len(branches) > _BRANCHES_A_QUERY:
        for place, name in reversed(list(enumerate(order))):
            found.sort(key=lambda row, place=place: row[place], reverse=name.startswith("-"))  # type: ignore[misc]
    key = branches[0].model._meta.get_field(names[-1])
    return [key.to_python(row[-1]) for row in found[:most]]


def in_turn(
    waiting: QuerySet[Any], *, due: Q, order: Sequence[str], most: int
) -> list[tuple[int, UUID]]:
    """Return up to ``most`` rows of ``waiting`` that are ``due``, of each campaign in turn, with its campaign.

    The backlog of one delays no other.

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
