"""The page of a campaign as it is being typed: saved, drawn and rolled back."""

import re
import secrets
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import flatten_fieldsets
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern
from django.utils.html import escape

from campaignhub.content_policy import HEADER, staff_policy
from campaignhub.staff_site.routes import one, page
from campaigns.accounts.rules.roles import Capability
from campaigns.publishing.services.drafts import preview_files
from campaigns.setup.models import Campaign
from campaigns.workbench.admin.lifecycle import draft_address
from campaigns.workbench.admin.prize_pages import PrizePages

NONCE_BYTES = 18

_STYLE = re.compile(r'<link rel="stylesheet" href="\./([^"]+)"[^>]*>')
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class LivePreview(PrizePages):
    """Draws the phone beside the form from what is typed, before anybody saves it."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address that the page's script sends what is typed to."""
        route = f"{one(Campaign)}/live-preview/"
        name = "campaigns_campaign_live_preview"
        return [page(self.admin_site, route, self.live_preview, name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Let the phone beside the form have a style of its own: the page's policy names its nonce."""
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        context["style_nonce"] = nonce
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        shown[HEADER] = staff_policy(style_nonce=nonce)
        return shown

    def live_preview(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Answer with the page's HTML, or with a sentence where what is typed has gaps.

        The forms are validated and saved as they would be, inside a transaction
        that is always rolled back: the preview cannot differ from what a save
        would make, and leaves nothing behind. Chosen files are not sent along.
        """
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_EDIT)
        if request.method != "POST":
            raise Http404
        drawn = None
        # What was just saved, from this page or another, has the same rows already.
        with suppress(IntegrityError), transaction.atomic():
            drawn = self._drawn(request, campaign)
            transaction.set_rollback(True)
        if drawn is None:
            return JsonResponse({"trouble": "Some rows aren't finished yet; the phone waits."})
        html = self_contained(
            drawn, base=draft_address(request, campaign), nonce=request.POST.get("style_nonce", "")
        )
        return JsonResponse({"html": html})

    def _drawn(self, request: HttpRequest, campaign: Campaign) -> dict[str, bytes] | None:
        names = flatten_fieldsets(self.get_fieldsets(request, campaign))
        form_class = self.get_form(request, campaign, change=True, fields=names)
        form: Any = form_class(request.POST, instance=campaign)
        formsets, _inlines = self._create_formsets(request, campaign, change=True)
        valid = form.is_valid()
        if not all([valid, *(formset.is_valid() for formset in formsets)]):
            return None
        form.save()
        for formset in formsets:
            formset.save()
        return preview_files(Campaign.objects.select_related("client").get(pk=campaign.pk))


def self_contained(files: dict[str, bytes], *, base: str, nonce: str) -> str:
    """Return a preview's first page as one document for a sandboxed frame's ``srcdoc``.

    Its stylesheet has the colours that were just typed and stands at no
    address, so it goes into the page, and the page's own policy, which forbids
    that, comes off: the frame is under the policy of the page around it, which
    allows the style of its ``nonce`` alone. What it loads stands at ``base``.
    """
    html = files["index.html"].decode()

    def inline(link: re.Match[str]) -> str:
        style = files.get(link.group(1), b"").decode().replace("</", "<\\/")
        return f'<style nonce="{escape(nonce)}">{style}</style>'

    html = _POLICY.sub("", _STYLE.sub(inline, html))
    return html.replace('="./', f'="{base}')
