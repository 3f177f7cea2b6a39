"""Mails in the admin: each with its fate, and readable as it was sent."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.rules.roles import Capability
from submissions.models import Mail
from submissions.services.letters import html_to_read


@admin.register(Mail)
class MailAdmin(ScopedModelAdmin):
    """Every mail to an entrant."""

    client_path = "submission__campaign__client"
    view_capability = Capability.MAIL_VIEW
    list_display = ("shown_kind", "shown_state", "campaign", "queued_at", "sent_at", "read")
    list_filter = ("state", "kind")
    list_select_related = ("submission__campaign",)
    search_fields = ("submission__reference",)
    show_full_result_count = False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A mail is a fact."""
        return False

    @display(description="Mail", header=True)
    def shown_kind(self, mail: Mail) -> tuple[str, str]:
        """Show what the mail says with the reference below."""
        return mail.get_kind_display(), mail.submission.reference

    @display(
        description="Fate",
        label={"Sent": "success", "Queued": "info", "Failed": "danger", "Unknown": "warning"},
    )
    def shown_state(self, mail: Mail) -> str:
        """Show what became of it."""
        label: str = mail.get_state_display()
        return label

    @display(description="Campaign")
    def campaign(self, mail: Mail) -> str:
        """Show whose mail it is."""
        return str(mail.submission.campaign)

    @display(description="")
    def read(self, mail: Mail) -> str:
        """Offer to read it."""
        link = reverse("admin:submissions_mail_read", args=[mail.pk])
        return format_html('<a href="{}" target="_blank" class="underline">Read</a>', link)

    def get_urls(self) -> list[URLPattern]:
        """Add the reading page."""
        view = self.admin_site.admin_view(self.read_view)
        return [
            path("<int:mail_id>/read/", view, name="submissions_mail_read"),
            *super().get_urls(),
        ]

    def read_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Show the HTML of a mail as the entrant gets it, with nothing that could run."""
        mail = (
            self.get_queryset(request)
            .select_related("submission__campaign__client", "submission__personal")
            .filter(pk=mail_id)
            .first()
        )
        if mail is None:
            raise Http404
        content = html_to_read(mail, at=mail.sent_at or timezone.now())
        response = HttpResponse(content)
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return response
