"""The home page: what needs me now, then what the rooms show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

MOST_LINES = 8


@dataclass(frozen=True)
class Line:
    """One thing that needs a person: what, why, and where to go."""

    tone: str
    title: str
    why: str
    link: str
    hint: str = ""


Lines = Callable[[HttpRequest, datetime], Iterable[Line]]
Section = Callable[[HttpRequest, datetime], Mapping[str, Any]]
_lines: list[tuple[int, Lines]] = []
_sections: list[Section] = []


def lines(place: int) -> Callable[[Lines], Lines]:
    """Register what names things that need a person; those with the least ``place`` come first."""
    return partial(_add_lines, place)


def _add_lines(place: int, make: Lines) -> Lines:
    _lines.append((place, make))
    _lines.sort(key=lambda pair: pair[0])
    return make


def section(make: Section) -> Section:
    """Register what a part of ``admin/index.html`` reads."""
    _sections.append(make)
    return make


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the home page shows to its context."""
    user: Any = request.user
    now = timezone.now()
    found = chain.from_iterable(make(request, now) for _place, make in _lines)
    context.update(
        first_name=user.first_name or user.username, lines=list(islice(found, MOST_LINES))
    )
    for make in _sections:
        context.update(make(request, now))
    return context
