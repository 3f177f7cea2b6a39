"""Mails on the home page, and what a campaign's page offers of them."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from campaignhub.staff_site.access import granted
from campaignhub.staff_site.home import Line, lines
from campaigns.accounts.rules.roles import Capability
from campaigns.workbench.admin.publishing import offer
from submissions.mail.services.attention import MOST, troubled_mails


def troubled_count(request: HttpRequest) -> int:
    """Count the mails that need this person's attention, up to a thousand."""
    return min(MOST, troubled_mails(request.user).total())  # type: ignore[arg-type]


@lines(10)
def troubled(request: HttpRequest, _now: datetime) -> Iterator[Line]:
    """Say how many mails need attention."""
    if Capability.MAIL_VIEW in granted(request) and (count := troubled_count(request)):
        mails = "1 e-mail needs" if count == 1 else f"{count} e-mails need"
        link = reverse("admin:mail_mail_changelist") + "?state=attention"
        yield Line("bad", f"{mails} attention", "Not sent, or we don't know.", link)


offer(
    "Edit and preview e-mails",
    "admin:mail_mail_samples",
    "What each e-mail says, in each language, with a preview and a test to yourself.",
    tab="mails",
)
