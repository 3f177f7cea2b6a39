"""The addresses of the site."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path, reverse

from campaignhub import health
from campaignhub.env import env
from campaignhub.metrics import metrics


def home(_request: HttpRequest) -> HttpResponseRedirect:
    """Lead staff to their desk; visitors come by a campaign's own address."""
    return HttpResponseRedirect(reverse("admin:index"))


handler400 = "campaignhub.error_pages.bad_request"
handler500 = "campaignhub.error_pages.server_error"

urlpatterns = [
    path("", home),
    path("healthz", health.live),
    path("readyz", health.ready),
    path("metrics", metrics),
    path("c/", include("campaigns.hosting.urls")),
    path("draft/", include("campaigns.publishing.urls")),
    path("welcome/", include("campaigns.accounts.welcome.urls")),
    path("admin/", admin.site.urls),
]
if env().mail_webhook_secret:
    from campaignhub.mail_notices import MailNotices

    urlpatterns.append(path("anymail/amazon_ses/tracking/", MailNotices.as_view()))
