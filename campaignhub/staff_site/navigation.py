"""The navigation by task, with counts beside what waits. Rooms register their pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from campaignhub.staff_site.access import granted

TASKS = ("Campaigns", "Review", "Entrants", "Operations", "People")
"""The groups, in the order of the work."""


@dataclass(frozen=True)
class Item:
    """A page in the navigation: ``place`` is its place within the group of its ``task``.

    Of a model's list (``ScopedModelAdmin.item``) view and capability are the admin's own.
    """

    task: str
    place: int
    title: str
    icon: str
    view: str = ""
    capability: str = ""
    count: Callable[[HttpRequest], int] | None = None
    variant: str = "primary"
    for_operators: bool = False


_items: list[Item] = []


def register(*items: Item) -> None:
    """Show these pages to those who may enter them."""
    for item in items:
        if item.task not in TASKS:
            raise ValueError(f"There is no task {item.task}.")
        _items.append(item)
    _items.sort(key=lambda item: (TASKS.index(item.task), item.place))


def title_of(opts: Any) -> str:
    """Return a model's list as the navigation names it."""
    view = f"admin:{opts.app_label}_{opts.model_name}_changelist"
    named = (item.title for item in _items if item.view == view)
    return next(named, str(opts.verbose_name_plural).capitalize())


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups that this person may enter, for unfold's sidebar.

    A group whose pages are not there (or not for this person) is left out whole.
    """
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": None, "items": [home]}]
    for task in TASKS:
        shown = [
            _shown(item, request)
            for item in _items
            if item.task == task
            and item.capability in granted(request)
            and (request.user.is_superuser or not item.for_operators)
        ]
        if present := [item for item in shown if item]:
            groups.append({"title": task, "items": present})
    _mark_the_room(groups, request.path)
    return groups


def _mark_the_room(groups: list[dict[str, Any]], path: str) -> None:
    """Mark one link as the room one is in: the longest that leads here, for rooms lie within rooms."""
    items = [item for group in groups for item in group["items"]]
    here = [item["link"] for item in items[1:] if path.startswith(item["link"])] or [path]
    for item in items:
        item["active"] = item["link"] == max(here, key=len)


def _shown(item: Item, request: HttpRequest) -> dict[str, Any] | None:
    try:
        link = reverse(item.view)
    except NoReverseMatch:
        return None
    shown: dict[str, Any] = {"title": item.title, "icon": item.icon, "link": link}
    if item.count and (count := item.count(request)):
        shown["badge"] = "999+" if count > 999 else str(count)
        shown["badge_variant"] = item.variant
    return shown
