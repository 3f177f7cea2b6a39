"""Every address of the site, from its registry, so that a page that is added tomorrow is looked at too."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

OF_NO_PAGE = {"healthz", "readyz", "jsi18n", "view_on_site", "campaign_file", "draft_file"}
"""Answers of machines, redirections, and files: those of pages are asked for by them."""


def patterns(resolver: Any = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Name every pattern that can be reversed, with its namespaces."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            inner = (*names, one.namespace) if one.namespace else names
            yield from patterns(one, inner)
        elif one.name and one.name not in OF_NO_PAGE:
            yield ":".join((*names, one.name)), one


def addresses(things: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Return the addresses of the site by the name of their pattern.

    ``things`` has what a part of an address may be: by the part's own name
    (``queue``), or by a model's, which ``object_id`` means on that model's pages
    and ``{model}_id`` on every page.
    """
    models = [model._meta.model_name or "" for model in admin.site._registry]
    found: dict[str, list[str]] = {}
    for name, pattern in patterns():
        parts = list(pattern.pattern.converters) or list(
            getattr(pattern.pattern.regex, "groupindex", ())
        )
        model = next((model for model in models if f"_{model}_" in f"{name}_"), "")
        choices = [
            things[model if part == "object_id" else part.removesuffix("_id")] for part in parts
        ]
        assert len(parts) < 2 or len({len(choice) for choice in choices}) == 1, name
        arguments = zip(*choices, strict=True) if parts else [()]
        found.setdefault(name, []).extend(reverse(name, args=list(args)) for args in arguments)
    return found
