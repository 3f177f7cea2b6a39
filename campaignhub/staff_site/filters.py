"""Filters of lists, as chips: what is chosen can be removed, what is not opens as a menu."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from campaignhub.staff_site.access import scope

SEARCH = "search"


@dataclass(frozen=True)
class Chip:
    """A filter of a list: what it is about, what is chosen, the way back; else what to choose from."""

    title: str
    chosen: str = ""
    clear: str = ""
    choices: Iterable[tuple[str, str]] = ()
    """Address and label."""
    hint: str = ""
    """What to do first, where there is nothing to choose from yet."""


def choice(
    parameter: str,
    about: str,
    choices: Callable[[HttpRequest], Iterable[tuple[str, str]]],
    *,
    narrow: Callable[[Any, str], Any] | None = None,
    unknown: str = "",
    hint: Callable[[HttpRequest], str] | None = None,
) -> type[admin.SimpleListFilter]:
    """Return a filter: its parameter in an address, what it is about, and its values with their labels.

    ``narrow`` gets the rows and a known value; without it, the list itself knows
    what the value means. ``unknown`` is what a chip says of any other value. A
    filter of one value is switched on in the menu that it shares with its like.
    Where there are no values, the menu says the ``hint``, or isn't there if that is empty.
    """

    class Choice(admin.SimpleListFilter):
        title = about
        parameter_name = parameter

        def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
            found = list(choices(request))
            self.hint = hint(request) if hint and not found else ""
            return found

        def has_output(self) -> bool:
            return bool(self.hint) or super().has_output()

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            known = self.value() in dict(self.lookup_choices)
            return narrow(queryset, str(self.value())) if narrow and known else queryset

        def chosen(self) -> str:
            value = self.value() or ""
            return str(dict(self.lookup_choices).get(value, unknown if value else ""))

    return Choice


def chips_of(cl: Any) -> list[Chip]:
    """Return the filters of a list, and its search, as chips."""
    found: list[Chip] = []
    switches: dict[str, list[tuple[str, str]]] = {}
    for spec in cl.filter_specs:
        everything, *choices = spec.choices(cl)
        chosen = next((str(c["display"]) for c in choices if c["selected"]), "")
        chosen = spec.chosen() if hasattr(spec, "chosen") else chosen
        offered = [(c["query_string"], str(c["display"])) for c in choices]
        hint = getattr(spec, "hint", "")
        if hint and not chosen:
            found.append(Chip(str(spec.title), hint=hint))
        elif len(offered) > 1 or not hasattr(spec, "chosen"):
            found.append(Chip(str(spec.title), chosen, everything["query_string"], offered))
        elif chosen:
            found.append(Chip("", chosen, everything["query_string"]))
        else:
            switches.setdefault(str(spec.title), []).extend(offered)
    found += [Chip(title, choices=offered) for title, offered in switches.items()]
    if cl.query:
        found.append(Chip(SEARCH, cl.query, cl.get_query_string(remove=["q"])))
    return [*found, *getattr(cl, "menus", ())]


def in_force(cl: Any, *, but: str = "") -> list[str]:
    """Return the filters in force, in words; without the search, and without the one titled ``but``."""
    return [c.chosen for c in chips_of(cl) if c.chosen and c.title not in (but, SEARCH)]


class ScopedClients(admin.RelatedFieldListFilter):
    """Offer one's own clients only: a name in a filter is a leak as well."""

    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> Any:
        """Return the clients to choose from."""
        rows = scope().clients_of(request.user)
        return [(client.pk, str(client)) for client in rows.order_by("name")]
