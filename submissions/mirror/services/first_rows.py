"""The first rows of many campaigns in one order, each campaign read through its own index."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

_BRANCHES_A_QUERY = 400
"""SQLite takes 500 terms in one compound query."""


def first_of(branches: Sequence[QuerySet[Any]], *, order: Sequence[str], most: int) -> list[UUID]:
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
    return [UUID(str(row[-1])) for row in found[:most]]
