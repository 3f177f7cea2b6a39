"""What the staff pages' templates ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse

from campaignhub.staff_site import lists
from campaignhub.staff_site.navigation import title_of

register = template.Library()


@dataclass(frozen=True)
class Chip:
    """A filter of a list: what it is about, what is chosen, and the way back."""

    title: str
    chosen: str
    clear: str
    choices: list[dict[str, Any]]


@register.simple_tag
def filter_chips(cl: Any) -> list[Chip]:
    """Return the filters of a list as chips; the first choice of each is "all"."""
    chips = []
    for spec in cl.filter_specs:
        choices = list(spec.choices(cl))
        if not choices or "query_string" not in choices[0]:
            continue  # a filter with inputs of its own stands in unfold's sheet
        chosen = next((c["display"] for c in choices[1:] if c["selected"]), "")
        chips.append(Chip(str(spec.title), str(chosen), choices[0]["query_string"], choices))
    return chips


@register.simple_tag
def has_other_filters(cl: Any) -> bool:
    """Tell whether a list has filters that are no chips."""
    return len(filter_chips(cl)) < len(cl.filter_specs)


@dataclass(frozen=True)
class Heading:
    """What stands on top of a page: its title and, below a list, the way back up to it."""

    title: str
    room: str = ""
    up: str = ""


@register.simple_tag(takes_context=True)
def page_heading(context: Any) -> Heading:
    """Return the heading of a page, without the names that Django gives to apps and models."""
    opts = context.get("opts")
    cl = context.get("cl")
    if cl is not None:
        return Heading(title_of(cl.opts))
    title = str(context.get("title") or "")
    if opts is None:
        return Heading(title)
    up = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    original = context.get("original")
    shown = str(original) if original is not None and "Change " in title else title
    room = title_of(opts)
    return Heading(shown) if shown == room else Heading(shown, room, up)


@register.simple_tag
def when(at: datetime | None, zone: str = "UTC", never: str = "—") -> str:
    """Show a time as a distance, the exact one behind it."""
    return lists.when(at, zone=zone, never=never)


@register.filter
def exact(at: datetime, zone: str) -> str:
    """Return the exact time in a zone."""
    return lists.exact(at, zone)


@register.filter
def key(mapping: dict[str, Any], name: str) -> Any:
    """Return a value of a map by a name that the template holds in a variable."""
    return mapping.get(name, "")
