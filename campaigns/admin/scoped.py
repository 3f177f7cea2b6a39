"""Admin pages that know whose they are: scoped queries, capabilities, and 404 for strangers."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from campaigns.rules.roles import Capability
from campaigns.services.scope import can, clients_of


class ScopedModelAdmin(ModelAdmin):
    """A model's admin confined to the clients of who is looking.

    ``client_path`` is the way from a row to its client, as a lookup. What is
    outside one's clients does not exist: its addresses answer 404, not "not
    allowed", so that nobody learns of it by guessing.
    """

    client_path: ClassVar[str] = "client"
    view_capability: ClassVar[Capability] = Capability.CAMPAIGN_VIEW
    change_capability: ClassVar[Capability | None] = None
    add_capability: ClassVar[Capability | None] = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what belongs to the user's clients."""
        clients = clients_of(request.user, self.view_capability)  # type: ignore[arg-type]
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.client_path}__in": clients})

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room to whoever may enter it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Tell whether the user may see any of it; which rows is the queryset's matter."""
        return can(request.user, self.view_capability)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the user may change this row."""
        return self._has(request, self.change_capability, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may add a row somewhere."""
        return self._has(request, self.add_capability, None)

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nothing here is deleted by hand."""
        return False

    def _has(self, request: HttpRequest, capability: Capability | None, obj: Any) -> bool:
        if capability is None:
            return False
        return can(request.user, capability, self.client_of(obj) if obj else None)  # type: ignore[arg-type]

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
            kwargs["queryset"] = clients_of(request.user, self.change_capability)  # type: ignore[arg-type]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 where Django would say "not allowed"."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except PermissionDenied as exc:
            raise Http404 from exc
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 where Django would say "not allowed"."""
        try:
            response: HttpResponse = super().changelist_view(request, *args, **kwargs)
        except PermissionDenied as exc:
            raise Http404 from exc
        return response

    def _get_obj_does_not_exist_redirect(self, *_args: Any) -> HttpResponse:
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """Answer 404 for what is not there for this user."""
        if not self.get_queryset(request).filter(pk=object_id).exists():
            raise Http404
        return super().history_view(request, object_id, *args, **kwargs)

    def delete_view(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Nothing is deleted by hand."""
        raise Http404
