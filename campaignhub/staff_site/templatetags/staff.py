"""What the staff pages' templates ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms, template
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from unfold.templatetags.unfold_list import result_headers

from campaignhub.staff_site import lists
from campaignhub.staff_site.filters import chips_of
from campaignhub.staff_site.navigation import title_of

register = template.Library()


register.simple_tag(chips_of, name="filter_chips")


@dataclass(frozen=True)
class Row:
    """A row of a list: its name, what its box sends, and its cells, the first of which leads to it."""

    name: str
    tick: str
    cells: str


@dataclass(frozen=True)
class Table:
    """What a list shows: its columns with the ways to sort by them, and its rows."""

    columns: list[dict[str, Any]]
    rows: list[Row]


@register.simple_tag
def list_table(cl: Any) -> Table:
    """Return the table of a list. Unfold's own tag asks for the headings again for every cell.

    The cells of a row are made here: as nodes of a template, hundreds of them cost a third of a page.
    """
    columns = list(result_headers(cl))
    heads = [
        ("wide" if getattr(source, "wide", False) else "", capfirst(str(column["text"])))
        for column, source in zip(columns, cl.list_display, strict=True)
    ]
    for column, (width, _text) in zip(columns, heads, strict=True):
        column["width"] = width
    kept = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    rows = []
    for row in cl.result_list:
        link = add_preserved_filters(kept, cl.url_for_result(row))
        first, *others = (_shown(source, row, cl.model_admin) for source in cl.list_display)
        shown = [format_html('<a href="{}">{}</a>', link, first), *others]
        cells = format_html_join(
            "",
            '<td class="{}" data-label="{}">{}</td>',
            [(*head, value) for head, value in zip(heads, shown, strict=True)],
        )
        tick = cl.model_admin.tick(row) if getattr(cl, "bulk", ()) else ""
        rows.append(Row(str(row), tick, cells))
    return Table(columns, rows)


def _shown(source: Any, row: Any, model_admin: Any) -> Any:
    value = source(row) if callable(source) else lookup_field(source, row, model_admin)[2]
    return lists.NOTHING if value in (None, "") else value


@dataclass(frozen=True)
class Heading:
    """What stands on top of a page: its title and, below a list, the way back up to it."""

    title: str
    room: str = ""
    up: str = ""


@register.simple_tag(takes_context=True)
def page_heading(context: Any) -> Heading:
    """Return the heading of a page, without the names that Django gives to apps and models."""
    opts = context.get("opts") or getattr(context.get("model_admin"), "opts", None)
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
def when(at: datetime | None, zone: str = "UTC", never: str = lists.NOTHING) -> str:
    """Show a time as a distance, the exact one behind it."""
    return lists.when(at, zone=zone, never=never)


@register.filter
def count(number: int) -> str:
    """Return a number as people read a large one: ``1,500,000``."""
    return f"{number:,}"


@register.filter
def exact(at: datetime, zone: str) -> str:
    """Return the exact time in a zone."""
    return lists.exact(at, zone)


@register.simple_tag
def options(groups: Iterable[tuple[str | None, Sequence[dict[str, Any]], int]]) -> str:
    """Write what stands in a select, as Django's template does: groups of options, or options of none."""
    written: list[tuple[str]] = []
    for name, members, _index in groups:
        inside = format_html_join("", "\n  {}", ((_option(member),) for member in members))
        if name:
            inside = format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, inside)
        written.append((inside,))
    return format_html_join("", "{}", written)


def _option(option: dict[str, Any]) -> str:
    if option["attrs"] or option["template_name"] != forms.Select.option_template_name:
        return get_template(option["template_name"]).render({"widget": option})
    return format_html('<option value="{}">{}</option>', str(option["value"]), option["label"])


@register.filter
def key(mapping: dict[str, Any], name: str) -> Any:
    """Return a value of a map by a name that the template holds in a variable."""
    return mapping.get(name, "")
