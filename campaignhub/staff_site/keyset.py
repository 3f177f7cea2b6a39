"""Lists without an end: the newest rows first, narrowed by an address, paged by the place of a row."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.views import ChangeList

from campaignhub.staff_site.filters import Chip
from campaignhub.staff_site.scoped import ScopedModelAdmin

PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
Place = tuple[datetime, Any]
"""The last row of a page: its time, and its id among those of the same time."""


def write_place(at: datetime, pk: object) -> str:
    """Spell a place for an address, to the microsecond."""
    return f"{(at - _EPOCH) // _MICROSECOND}.{pk}"


def read_place(text: str, key: "Field[Any, Any]") -> Place | None:
    """Return the place that an address names; none where it was typed by hand."""
    micros, _, pk = text.partition(".")
    try:
        place = _EPOCH + int(micros) * _MICROSECOND, key.to_python(pk)
    except (ValueError, OverflowError, ValidationError):
        return None
    is_row = not isinstance(place[1], int) or 0 < place[1] < 2**63
    return place if is_row else None


class KeysetChangeList(ChangeList):
    """Reads one page; a row that is added later moves no other row to another page.

    What an address holds beyond the list's own filters is passed over: nothing
    narrows or sorts the rows by a column that a page masks.
    """

    model_admin: "KeysetAdmin"
    query: str
    params: dict[str, Any]
    filter_params: dict[str, Any]
    older = ""
    """The place of the last row, where there are more."""
    note = nothing_words = ""
    search_verb = "Search"
    menus: Sequence[Chip] = ()
    bulk: Sequence[tuple[str, str]] = ()
    refresh_seconds = 0
    """How often the page reads the list again, where its rows change by themselves."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """Return the rows that the filters leave."""
        kept = self.model_admin.narrows
        self.query = self.query.strip()
        self.filter_params = {k: v for k, v in self.filter_params.items() if k in kept}
        self.params = {k: v for k, v in self.params.items() if k in kept}
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """Read a page and one row more, which tells whether there are others."""
        place = read_place(request.GET.get("before", ""), self.opts.pk)
        rows = list(self.model_admin.rows(request, self, place))
        self.result_list = rows[:PAGE]
        if len(rows) > PAGE:
            last = self.result_list[-1]
            self.older = write_place(getattr(last, self.model_admin.newest), last.pk)
        self.result_count = self.full_result_count = len(self.result_list)
        self.paginator = Paginator(self.result_list, PAGE)
        self.multi_page = self.can_show_all = self.show_admin_actions = False

    def url_for_result(self, result: Any) -> str:
        """Return the page of a row."""
        opts = self.opts
        name = f"admin:{opts.app_label}_{opts.model_name}_{self.model_admin.row_page}"
        return reverse(name, args=[result.pk])

    @property
    def older_link(self) -> str:
        """Return the address of the page below this one."""
        return str(self.get_query_string({"q": self.query or None, "before": self.older}))


class KeysetAdmin(ScopedModelAdmin):
    """A list of rows that are never edited, ordered by the time in the column :attr:`newest`."""

    pages = ("list",)
    actions = None
    list_fullwidth = True
    preserve_filters = False
    """A search for a person must not go on in the addresses of rows."""
    sortable_by = ()
    is_keyset = True
    newest: ClassVar[str]
    narrows: ClassVar[tuple[str, ...]]
    """What an address may hold."""
    row_page: ClassVar[str] = "change"
    searches_by_post: ClassVar[bool] = False
    older_words: ClassVar[str]

    def get_changelist(self, _request: HttpRequest, **_kwargs: Any) -> type[KeysetChangeList]:
        """Page by places, not by numbers."""
        return KeysetChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the list's own filters only."""
        return lookup in self.narrows

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; a search that was posted, so that no address holds it, is read like any other."""
        if request.method == "POST":
            request.GET = request.POST
        return super().changelist_view(request, extra_context)

    def rows(
        self, request: HttpRequest, cl: KeysetChangeList, place: Place | None
    ) -> Sequence[Any]:
        """Return a page and one row more, from below ``place``."""
        rows = cl.queryset
        if place is not None:
            at, pk = place
            # The first condition is the one that an index can start from.
            begins = Q(**{f"{self.newest}__lte": at})
            rows = rows.filter(begins, Q(**{f"{self.newest}__lt": at}) | Q(pk__lt=pk))
        found: Sequence[Any] = rows[: PAGE + 1]
        return found

    def tick(self, row: Any) -> str:
        """Return what a row's box sends; nothing where it has none."""
        return ""
