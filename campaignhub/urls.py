"""The addresses of the site."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path, reverse

from campaignhub import health


def home(_request: HttpRequest) -> HttpResponseRedirect:
    """Lead staff to their desk; visitors come by a campaign's own address."""
    return HttpResponseRedirect(reverse("admin:index"))


urlpatterns = [
    path("", home),
    path("healthz", health.live),
    path("readyz", health.ready),
    path("c/", include("campaigns.hosting.urls")),
    path("admin/", admin.site.urls),
]
