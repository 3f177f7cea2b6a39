"""The addresses of the admin: each is named here or by a room of ours, and there are no others.

Django and unfold register more than we have pages for (a history, a deletion, a
change form behind any text that might be an id), and what nobody looks after is
how a page is reached past its rules.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, UUIDField
from django.urls import URLPattern, path, register_converter

View = Callable[..., Any]


class RowNumber:
    """A number that can be the id of a row, in the one spelling that we write."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: object) -> str:
        """Spell the number."""
        return str(value)


register_converter(RowNumber, "row")


def one(model: type[Model], name: str = "object_id") -> str:
    """Return the part of an address that names a row: its id as we write it, and nothing like it.

    An id in capitals or without its dashes names the same row to the database,
    so that a second address would lead to it.
    """
    return f"<{'uuid' if isinstance(model._meta.pk, UUIDField) else 'row'}:{name}>"


def page(site: Any, route: str, view: View, name: str) -> URLPattern:
    """Return an address that only staff reach; anybody else is asked to sign in."""
    shown: URLPattern = path(route, site.admin_view(view), name=name)
    return shown


_pages: list[tuple[str, Any, str]] = []


def add_pages(*pages: tuple[str, Any, str]) -> None:
    """Register pages that belong to no model: address, view (a ``StaffPage``) and name of each."""
    _pages.extend(pages)


def pages_of(site: Any) -> list[URLPattern]:
    """Return the addresses of all pages that belong to no model."""
    return [page(site, route, view.as_view(model_admin=site), name) for route, view, name in _pages]
