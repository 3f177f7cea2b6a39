"""What a campaign's mails say, read beforehand and sent to oneself; and how a mail is shown in a browser."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mail.rules.mails import MailKind
from submissions.mail.services.composing import html_to_read
from submissions.mail.services.samples import sample_letter, sample_mail, send_sample
from submissions.mirror.admin.person import staff_of

NO_SCRIPT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)
"""A mail shown in a browser loads nothing and runs nothing."""


class MailSamplePages:
    """The pages of samples, for :class:`MailAdmin`."""

    admin_site: Any
    opts: Any

    def _sample(self, request: HttpRequest, campaign_id: UUID) -> tuple[Campaign, MailKind, str]:
        campaign = (
            campaigns_of(staff_of(request), Capability.MAIL_VIEW)
            .select_related("client")
            .filter(pk=campaign_id)
            .first()
        )
        if campaign is None:
            raise Http404
        asked = request.POST if request.method == "POST" else request.GET
        kind, language = asked.get("kind", ""), asked.get("language", "")
        return (
            campaign,
            MailKind(kind) if kind in set(MailKind) else MailKind.RECEIVED,
            language if language in campaign.languages else campaign.languages[0],
        )

    def samples_view(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        """Show what each mail of a campaign says, per language; send one to oneself."""
        campaign, kind, language = self._sample(request, campaign_id)
        user, now = staff_of(request), timezone.now()
        here = reverse("admin:mail_mail_samples", args=[campaign.pk])
        may_send = can(user, Capability.MAIL_SEND, campaign.client)
        if request.method == "POST":
            if not may_send:
                raise Http404
            try:
                address = send_sample(campaign, kind, language=language, actor=user, at=now)
            except DomainError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"Sent to {address}.")
            return HttpResponseRedirect(f"{here}?{query_of(kind=kind, language=language)}")
        letter = sample_letter(campaign, kind, language=language, at=now)
        context = {
            **self.admin_site.each_context(request),
            **letter_context(letter),
            "title": f"E-mails of {campaign}",
            "opts": self.opts,
            "campaign": campaign,
            "kind": kind,
            "language": language,
            "kinds": [
                (one.label, f"?{query_of(kind=one, language=language)}", one is kind)
                for one in MailKind
            ],
            "languages": [
                (one, f"?{query_of(kind=kind, language=one)}", one == language)
                for one in campaign.languages
            ],
            "may_send": may_send,
            "own_address": user.email,
            "html": reverse("admin:mail_mail_sample_html", args=[campaign.pk])
            + f"?{query_of(kind=kind, language=language)}",
        }
        return TemplateResponse(request, "admin/submissions/samples.html", context)

    def sample_html_view(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        """Show the HTML of a sample."""
        campaign, kind, language = self._sample(request, campaign_id)
        now = timezone.now()
        return unable(html_to_read(sample_mail(campaign, kind, language=language, at=now), at=now))


def unable(html: str) -> HttpResponse:
    """Answer with the HTML of a mail, unable to load or run anything."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = NO_SCRIPT
    return response


def letter_context(letter: EmailMultiAlternatives) -> dict[str, Any]:
    """Return what a page shows around a mail."""
    return {
        "subject": letter.subject,
        "sender": letter.from_email,
        "reply_to": ", ".join(letter.reply_to),
        "text_form": letter.body,
    }


def query_of(**values: str) -> str:
    """Return the part of an address after the question mark, without what is empty."""
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in values.items() if value})
    return query.urlencode()
