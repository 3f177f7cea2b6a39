"""Pages for things that services make and take away: one form to add, one page with its acts."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from campaignhub.errors import DomainError
from campaignhub.staff_site.scoped import ScopedModelAdmin


class PagesAdmin(ScopedModelAdmin):
    """An admin with pages of its own in the place of Django's form; who may come is decided here."""

    def page_to_make(self, request: HttpRequest) -> HttpResponse:
        """Show the form that makes one, or make what it asks for."""
        raise NotImplementedError

    def page_of(self, thing: Any, request: HttpRequest) -> HttpResponse:
        """Show one, or do what was asked of it."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer with one of the two pages; whoever may not see it finds nothing."""
        if object_id is None:
            if not self.has_add_permission(request):
                raise Http404
            return self.page_to_make(request)
        thing = self.get_object(request, object_id)
        if thing is None or not self.has_change_permission(request, thing):
            raise Http404
        return self.page_of(thing, request)

    def page_context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        """Return what every page of the admin needs."""
        context: dict[str, Any] = self.admin_site.each_context(request)
        return {**context, "title": title, "opts": self.opts, "back": self.list_address()}

    def list_address(self) -> str:
        """Return the address of the list."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


class ActionsAdmin(PagesAdmin):
    """An admin whose rows are never edited: made by one service, ended by another."""

    add_form: ClassVar[Any]
    add_title = ""
    add_words = ""
    add_button = ""

    def make(self, wanted: dict[str, Any], request: HttpRequest) -> HttpResponse:
        """Make what the form asks for and answer; a rule that says no is shown at the form."""
        raise NotImplementedError

    def shown(self, thing: Any) -> dict[str, Any]:
        """Return what its page shows: ``facts``, and the ``act`` that ends it, if any."""
        raise NotImplementedError

    def end(self, thing: Any, request: HttpRequest) -> str:
        """End it; return what to say."""
        raise NotImplementedError

    def page_of(self, thing: Any, request: HttpRequest) -> HttpResponse:
        """Show one with its act, or end it."""
        if request.method == "POST":
            try:
                messages.success(request, self.end(thing, request))
            except DomainError as error:
                messages.error(request, error.message)
            return HttpResponseRedirect(self.list_address())
        context = self.page_context(request, str(thing)) | self.shown(thing)
        return TemplateResponse(request, "admin/thing.html", context)

    def page_to_make(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or make what it asks for."""
        form = self.add_form(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                return self.make(form.cleaned_data, request)
            except DomainError as error:
                form.add_error(None, error.message)
        context = self.page_context(request, self.add_title) | {
            "form": form,
            "words": self.add_words,
            "button": self.add_button,
        }
        return TemplateResponse(request, "admin/one_form.html", context)
