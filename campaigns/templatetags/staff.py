"""What the staff pages' templates ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from campaigns.admin import lists

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


@register.simple_tag
def when(at: datetime | None, zone: str = "UTC", never: str = "—") -> SafeString:
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
