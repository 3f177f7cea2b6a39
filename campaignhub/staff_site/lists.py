"""What the columns of every list are made of: names, states, times."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone as django_timezone
from django.utils.html import format_html

from campaignhub.spans import distance

Tone = Literal["good", "warn", "bad", "info", "idle"]
NOTHING = "\u2013"
"""What a cell shows that has nothing to show."""


def column(
    title: str, show: Callable[[Any], Any], *, order: str = "", wide: bool = False
) -> Callable[[Any], Any]:
    """Return a column for ``list_display``: its heading, what it shows of a row, and what sorts it.

    A ``wide`` one is left out on a phone, where the list is a table there.
    """

    def shown(row: Any) -> Any:
        return show(row)

    shown.short_description = title  # type: ignore[attr-defined]
    shown.admin_order_field = order or None  # type: ignore[attr-defined]
    shown.wide = wide  # type: ignore[attr-defined]
    return shown


def named(name: str, below: str = "") -> str:
    """Show what a person calls it, with its reference below."""
    return format_html(
        '<span class="ch-name"><strong>{}</strong><small>{}</small></span>', name, below
    )


def state(word: str, tone: Tone) -> str:
    """Show a state as a coloured dot with its word; never the colour alone."""
    return format_html('<span class="state state-{}">{}</span>', tone, word)


def exact(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """Return the exact time in a zone, with the zone's name."""
    local = at.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{local.day} {local:%B %Y}, {clock} ({place})"


def when(at: datetime | None, *, zone: str = "UTC", never: str = NOTHING) -> str:
    """Show a time as a distance; the exact one in the campaign's zone stands behind it."""
    if at is None:
        return format_html('<span class="ch-quiet">{}</span>', never)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        exact(at, zone, seconds=True),
        distance(at, django_timezone.now()),
    )
