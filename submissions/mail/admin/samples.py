"""What a campaign's mails say, read beforehand and sent to oneself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from campaignhub.staff_site.views import StaffPage, attempt
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.publishing.services.releases import as_drafted
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mail.admin.reading import inert, letter_context
from submissions.mail.rules.mails import MailKind
from submissions.mail.services.composing import html_to_read
from submissions.mail.services.copies import as_sent
from submissions.mail.services.samples import sample_letter, sample_mail, send_sample
from submissions.mirror.admin.person import staff_of


class SamplePage(StaffPage):
    """A page of one of a campaign's mails in one of its languages."""

    capability = Capability.MAIL_VIEW
    campaign: Campaign
    kind: MailKind
    language: str

    def read(self, **named: Any) -> None:
        """Find the campaign; what the address does not name is the first there is."""
        rows = campaigns_of(staff_of(self.request), self.capability).select_related("client")
        self.campaign = get_object_or_404(rows, pk=named["campaign_id"])
        self.title = f"E-mails of {self.campaign}"
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        kind, language = asked.get("kind", ""), asked.get("language", "")
        self.kind = MailKind(kind) if kind in set(MailKind) else MailKind.RECEIVED
        known = self.campaign.languages
        self.language = language if language in known else known[0]


class Samples(SamplePage):
    """What each mail of a campaign says, per language."""

    template_name = "admin/mail/samples.html"

    def shown(self) -> dict[str, Any]:
        """Add the mail, and the ways to the others."""
        campaign, kind, language = self.campaign, self.kind, self.language
        letter = sample_letter(campaign, kind, language=language, at=timezone.now())
        html = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
        kinds = [(one.label, _query(one, language), one is kind) for one in MailKind]
        languages = [(one, _query(kind, one), one == language) for one in campaign.languages]
        return {
            **letter_context(as_sent(letter)),
            "campaign": campaign,
            "kind": kind,
            "language": language,
            "kinds": kinds,
            "languages": languages,
            "may_send": self._may_send(),
            "own_address": staff_of(self.request).email,
            "html": html + _query(kind, language),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Send this one to oneself."""
        if not self._may_send():
            raise Http404

        def send() -> str:
            address = send_sample(
                self.campaign,
                self.kind,
                language=self.language,
                actor=staff_of(request),
                at=timezone.now(),
            )
            return f"Sent to {address}."

        attempt(request, send)
        return HttpResponseRedirect(f"{request.path}{_query(self.kind, self.language)}")

    def _may_send(self) -> bool:
        return can(staff_of(self.request), Capability.MAIL_SEND, self.campaign.client)


class SampleHtml(SamplePage):
    """The HTML of a sample."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, unable to run anything."""
        now = timezone.now()
        mail = sample_mail(self.campaign, self.kind, language=self.language, at=now)
        return inert(html_to_read(mail, at=now, sample_of=as_drafted(self.campaign)))


def _query(kind: MailKind, language: str) -> str:
    return f"?{urlencode({'kind': kind.value, 'language': language})}"
