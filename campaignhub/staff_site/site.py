"""The admin's site: what is on every page, and the command search."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from unfold.sites import UnfoldAdminSite

from campaignhub.staff_site import navigation
from campaignhub.staff_site.access import sign_in
from campaignhub.staff_site.command_search import find
from campaignhub.staff_site.news import news_of
from campaignhub.staff_site.routes import pages_of
from campaignhub.staff_site.scoped import ScopedModelAdmin

PAGES = frozenset(
    {
        "index",
        "search",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "jsi18n",
    }
)
"""Of the pages that Django and unfold give a site, those that are pages of ours."""


class StaffSite(UnfoldAdminSite):
    """CampaignHub's staff side."""

    index_title = "Home"

    @property
    def admin_site(self) -> "StaffSite":
        """Stand in the place of a model's admin for pages that belong to no model."""
        return self

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in rooms that know whose they are; an app's own admin pages know no clients."""
        if admin_class is None or not issubclass(admin_class, ScopedModelAdmin):
            return
        super().register(model_or_iterable, admin_class, **options)
        if item := admin_class.item:
            (model,) = model_or_iterable
            view = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            navigation.register(replace(item, view=view, capability=admin_class.view_capability))

    def get_urls(self) -> list[Any]:
        """Return the pages of ours, those of models, and the one that answers 404 to all else.

        Without a name, since it matches everything, is that last one alone.
        """
        return pages_of(self) + [
            known
            for known in super().get_urls()
            if isinstance(known, URLResolver)
            or (isinstance(known, URLPattern) and (known.name in PAGES or known.name is None))
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the news to what every page shows."""
        news = news_of(request) if request.user.is_authenticated else []
        goes_on = any(one.goes_on for one in news)
        return {**super().each_context(request), "news": news, "news_goes_on": goes_on}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign somebody in; a browser that has been here is known from then on."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        page = sign_in().SignInPage.as_view(extra_context=extra_context)
        response: Any = page(request)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):
            sign_in().remember_device(request, response)
        sign_in().mark_refusal(response)
        shown: HttpResponse = response
        return shown

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password."""
        page = sign_in().PasswordPage.as_view(
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        response: Any = page(request)
        sign_in().mark_refusal(response)
        shown: HttpResponse = response
        return shown

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer the command palette.

        Unfold's own keeps answers for five minutes and reads every row that
        matches; ours is asked afresh and reads a handful through indexes.
        """
        found = find(request, request.GET.get("s", ""))
        pages = Paginator(found, 100)
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            {"page_obj": pages, "results": pages.page(1), "page_counter": 0},
            headers={"HX-Trigger": "search"},
        )

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Offer no list of models: the navigation leads by task.

        Asking every model who may see it would cost each page some 25 queries.
        """
        return []
