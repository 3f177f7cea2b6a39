"""The e-mails that are on hold, on the home page."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from campaignhub.spans import distance
from campaignhub.staff_site.access import granted
from campaignhub.staff_site.home import Line, lines
from campaignhub.staff_site.lists import exact
from campaigns.accounts.rules.roles import Capability
from submissions.mail.rules.refusals import WHAT_TO_DO, Hold
from submissions.mail.services.holds import holds_seen_by
from submissions.mirror.admin.person import staff_of


@lines(5)
def on_hold(request: HttpRequest, now: datetime) -> Iterator[Line]:
    """Say that e-mails are on hold, since when and why, for as long as they are."""
    if Capability.OPERATIONS not in granted(request):
        return
    for hold in holds_seen_by(staff_of(request)):
        yield Line(
            "bad",
            f"E-mails from {hold.scope} are on hold" if hold.scope else "All e-mails are on hold",
            f"{WHAT_TO_DO[Hold(hold.reason)][0]} That began {distance(hold.since, now)}.",
            reverse("admin:operations") + "#holds",
            exact(hold.since, "UTC"),
        )
