"""What the columns of every list are made of: names, states, times."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone as django_timezone
from django.utils.html import format_html

from campaignhub.spans import distance

Tone = Literal["good", "warn", "bad", "info", "idle"]


def named(name: str, below: str = "") -> str:
    """Show what a person calls it, with its reference below."""
    return format_html(
        '<span class="ch-name"><strong>{}</strong><small>{}</small></span>', name, below
    )


def state(word: str, tone: Tone) -> str:
    """Show a state as a coloured dot with its word; never the colour alone."""
    return format_html('<span class="state state-{}">{}</span>', tone, word)


def exact(at: datetime, zone: str) -> str:
    """Return the exact time in a zone, with the zone's name."""
    local = at.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{local.day} {local:%B %Y, %H:%M} ({place})"


def when(at: datetime | None, *, zone: str = "UTC", never: str = "—") -> str:
    """Show a time as a distance; the exact one in the campaign's zone stands behind it."""
    if at is None:
        return format_html('<span class="ch-quiet">{}</span>', never)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        exact(at, zone),
        distance(at, django_timezone.now()),
    )
