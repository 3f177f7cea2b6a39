"""Pages of the admin beside Django's own: unfold's frame around a view, 404 for whoever may not see it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from campaignhub.errors import DomainError
from campaignhub.staff_site.access import granted


def attempt(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Do something and say what it returns; where a rule says no, say why instead."""
    try:
        messages.success(request, act())
    except DomainError as error:
        messages.error(request, error.message)
        return False
    return True


class StaffPage(UnfoldModelAdminViewMixin, TemplateView):
    """A page of a model's admin, or of the site where it belongs to no model."""

    title = ""
    capability: ClassVar[str]
    """What one needs at one client at least; which rows one sees is the page's own matter."""

    def read(self, **named: Any) -> None:
        """Read what the address names, for the page; raise 404 where there is no such thing to see."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Read first: what is not there can't be asked about."""
        self.read(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def has_permission(self) -> bool:
        """Tell whether this person may see the page at all."""
        return self.capability in granted(self.request)

    def handle_no_permission(self) -> NoReturn:
        """Let nobody learn of a page by guessing."""
        raise Http404

    def http_method_not_allowed(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Answer nothing to what the page does not do."""
        raise Http404

    def signed(self) -> dict[str, Any]:
        """Return who acts and when, as every service asks for it."""
        return {"actor": self.request.user, "at": timezone.now()}

    def shown(self) -> dict[str, Any]:
        """Return what the page shows; whatever has to be noted of that is noted here."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows to what stands on every page."""
        shown = self.shown()  # which may find out what the page is called
        return {**super().get_context_data(**kwargs), **shown}

    def list_address(self) -> str:
        """Return the address of the model's list."""
        opts = self.model_admin.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")


class RowPage(StaffPage):
    """A page of the one row that its address names, among those that the admin lets one see."""

    related: ClassVar[tuple[str, ...]] = ()
    """What is read together with the row."""
    row: Any

    def read(self, **named: Any) -> None:
        """Read the row, and what belongs to it, in one query."""
        rows = self.model_admin.get_queryset(self.request)
        rows = rows.select_related(*self.related) if self.related else rows
        (pk,) = named.values()
        self.row = rows.filter(pk=pk).first()
        if self.row is None:
            raise Http404
        self.title = str(self.row)

    def has_permission(self) -> bool:
        """Allow the page to everyone who may see its row."""
        return True


class AddPage(StaffPage, FormView, ABC):  # type: ignore[type-arg]
    """A form of a few fields, from which a service makes something."""

    template_name = "admin/one_form.html"
    words = ""
    button = ""
    error_field: ClassVar[str | None] = None
    """At which field a rule says no; at none of them where it concerns all."""

    def has_permission(self) -> bool:
        """Ask the admin."""
        return bool(self.model_admin.has_add_permission(self.request))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form who fills it in: it offers that person's clients only."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Make it; a rule that says no is shown at the form."""
        try:
            return self.make(form.cleaned_data) or HttpResponseRedirect(self.list_address())
        except DomainError as error:
            form.add_error(self.error_field, error.message)
            return self.form_invalid(form)

    @abstractmethod
    def make(self, wanted: dict[str, Any]) -> HttpResponse | None:
        """Make what the form asks for and say so; answer with a page, or none to go to the list."""


class EndPage(RowPage, ABC):
    """One row that is never edited: its facts, and the act that ends it, after it was asked for twice."""

    template_name = "admin/thing.html"

    def has_permission(self) -> bool:
        """Ask the admin whether this person may end it."""
        return bool(self.model_admin.has_change_permission(self.request, self.row))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """End it, or look again how it is."""
        if request.POST.get("act") == "check":
            self.check()
            return HttpResponseRedirect(request.path)
        attempt(request, self.end)
        return HttpResponseRedirect(self.list_address())

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """Return ``facts``, a ``note``, the word for a ``check``, and the ``act`` that ends it, if any.

        An act that takes more than a press to make good again ``asks_first``.
        """

    def check(self) -> None:
        """Look again how it is, where that is offered, and say so."""

    @abstractmethod
    def end(self) -> str:
        """End it; return what to say."""
