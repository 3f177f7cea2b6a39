"""Admin pages that know whose they are: scoped queries, capabilities, and 404 for strangers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from unfold.admin import ModelAdmin

from campaignhub.staff_site.access import scope
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.routes import one, page
from campaignhub.staff_site.views import AddPage, RowPage, StaffPage


class ScopedModelAdmin(ModelAdmin):
    """A model's admin confined to the clients of who is looking.

    ``client_path`` is the way from a row to its client, as a lookup. What is
    outside one's clients does not exist: its addresses answer 404, not "not
    allowed", so that nobody learns of it by guessing.
    """

    pages: ClassVar[tuple[str, ...]] = ("list", "add", "change")
    """Which of Django's pages it has; all others are named by itself, or are not there."""
    own_pages: ClassVar[tuple[tuple[str, type[StaffPage], str], ...]] = ()
    """Pages of ours beside them: address, view, and name behind that of the app."""
    item: ClassVar[Item | None] = None
    """The list's place in the navigation."""
    client_path: ClassVar[str] = "client"
    view_capability: ClassVar[str]
    change_capability: ClassVar[str | None] = None
    add_capability: ClassVar[str | None] = None

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of both kinds of pages, and none that Django or unfold would add."""
        of = f"{self.opts.app_label}_{self.opts.model_name}"
        known = {
            "list": ("", self.changelist_view, f"{of}_changelist"),
            "add": ("add/", self.add_view, f"{of}_add"),
            "change": (f"{one(self.model)}/change/", self.change_page, f"{of}_change"),
        }
        own = [
            (route, view.as_view(model_admin=self), f"{self.opts.app_label}_{name}")
            for route, view, name in self.own_pages
        ]
        return [
            page(self.admin_site, *address) for address in (*own, *(known[n] for n in self.pages))
        ]

    def change_page(self, request: HttpRequest, object_id: UUID | int) -> HttpResponse:
        """Show one row, under the one spelling of its id."""
        answer: HttpResponse = self.change_view(request, str(object_id))
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what belongs to the user's clients."""
        clients = scope().clients_of(request.user, self.view_capability)
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.client_path}__in": clients})

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room to whoever may enter it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Tell whether the user may see any of it; which rows is the queryset's matter."""
        return scope().can(request.user, self.view_capability)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the user may change this row."""
        return self._has(request, self.change_capability, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may add a row somewhere."""
        return self._has(request, self.add_capability, None)

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nothing here is deleted by hand."""
        return False

    def _has(self, request: HttpRequest, capability: str | None, obj: Any) -> bool:
        if capability is None:
            return False
        return scope().can(request.user, capability, self.client_of(obj) if obj else None)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say in our words that it is saved, and go on with it or to the list."""
        messages.success(request, f"Saved: {obj}.")
        if "_continue" in request.POST:
            address = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(address, args=[obj.pk]))
        answer: HttpResponse = self.response_post_save_add(request, obj)
        return answer

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say in our words that it is saved, and stay or go to the list."""
        messages.success(request, f"Saved: {obj}.")
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.path)
        answer: HttpResponse = self.response_post_save_change(request, obj)
        return answer

    def client_of(self, obj: Any) -> Any:
        """Return the client that a row belongs to."""
        if self.client_path == "pk":
            return obj
        for step in self.client_path.split("__"):
            obj = getattr(obj, step)
        return obj

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the user's own clients."""
        if db_field.name == "client" and self.change_capability:
            kwargs["queryset"] = scope().clients_of(request.user, self.change_capability)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, _request: HttpRequest) -> dict[str, Any]:
        """Fill in nothing from an address: what a form begins with is ours, not whose link it was."""
        return {}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 where Django would say "not allowed"."""
        _open_nothing_beside(request)
        with _missing(PermissionDenied):
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 where Django would say "not allowed"."""
        _open_nothing_beside(request)
        with _missing(PermissionDenied):
            response: HttpResponse = super().changelist_view(request, *args, **kwargs)
        return response

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Answer 404 where an address asks for a filter or a page that there is not."""
        with _missing(DisallowedModelAdminLookup, IncorrectLookupParameters, OverflowError):
            shown: Any = super().get_changelist_instance(request)
        return shown

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the list's own filters only.

        Django allows every column of the row, compared in every way: of what a
        page does not show, a beginning after the other could be found out.
        """
        return any(
            lookup in offered
            and super(ScopedModelAdmin, self).lookup_allowed(lookup, value, request)
            for offered in map(_parameters, self.get_list_filter(request))
        )

    def _get_obj_does_not_exist_redirect(self, *_args: Any) -> HttpResponse:
        raise Http404


class ActionsAdmin(ScopedModelAdmin):
    """The admin of things that services make and end: pages of our own in the place of Django's form."""

    add_page: ClassVar[type[AddPage]]
    row_page: ClassVar[type[RowPage]]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the form that makes one, or make what it asks for."""
        return self.add_page.as_view(model_admin=self)(request)

    def change_page(self, request: HttpRequest, object_id: UUID | int) -> HttpResponse:
        """Show one, or do what was asked of it."""
        return self.row_page.as_view(model_admin=self)(request, object_id=object_id)


@contextmanager
def _missing(*errors: type[Exception]) -> Iterator[None]:
    """Answer 404 to what one of ``errors`` says of the code inside."""
    try:
        yield
    except errors as exc:
        raise Http404 from exc


def _open_nothing_beside(request: HttpRequest) -> None:
    """Refuse Django's windows for choosing a related row: no page of ours opens one."""
    for asked in (request.GET, request.POST):
        if IS_POPUP_VAR in asked or TO_FIELD_VAR in asked:
            raise Http404


def _parameters(list_filter: Any) -> tuple[str, ...]:
    """Return what a filter is called in an address."""
    if isinstance(list_filter, type):
        return (list_filter.parameter_name,)  # type: ignore[attr-defined]
    name = list_filter if isinstance(list_filter, str) else list_filter[0]
    return (f"{name}__exact", f"{name}__id__exact")
