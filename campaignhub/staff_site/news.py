"""News in the frame of every page: what began elsewhere and goes on, or has ended, for who looks. Rooms register it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaignhub.staff_site.lists import Tone
from campaignhub.staff_site.routes import add_pages
from campaignhub.staff_site.views import StaffPage


@dataclass(frozen=True)
class News:
    """One thing: what, how it stands, and where to see it."""

    key: str
    title: str
    words: str
    link: str
    tone: Tone
    said: str
    """What is said aloud when it changes: how it stands, without how far it is."""
    goes_on: bool = False
    """It changes by itself, so the frame asks for it again; what does not can be dismissed."""


Read = Callable[[HttpRequest], Sequence[News]]
Dismiss = Callable[[HttpRequest, str], None]
_sources: list[tuple[Read, Dismiss]] = []


def register(read: Read, dismiss: Dismiss) -> None:
    """Show what ``read`` finds on every page, so it costs nothing where there is none; ``dismiss`` takes a key of it."""
    _sources.append((read, dismiss))


def news_of(request: HttpRequest) -> list[News]:
    """Return the news for who looks, but for what the page itself is about: it says so better, and later."""
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
    return [one for read, _dismiss in _sources for one in read(request) if one.link != page]


class NewsPage(StaffPage):
    """The news alone, which the frame asks for again while something goes on; and taking note of one."""

    template_name = "admin/news.html"

    def has_permission(self) -> bool:
        """Allow it to everyone who signed in: each source knows whose its news are."""
        return True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Dismiss one; without a script the home page follows."""
        for _read, dismiss in _sources:
            dismiss(request, request.POST.get("dismiss", ""))
        if "HX-Request" in request.headers:
            return self.render_to_response(self.get_context_data(**kwargs))
        return HttpResponseRedirect(reverse("admin:index"))


add_pages(("news/", NewsPage, "news"))
