"""The pages of one prize: its codes, and its winning moments."""

import re
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaignhub.staff_site.routes import one, page
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can
from campaigns.jobs.models import Job
from campaigns.prizes.models import Prize, SealedSet
from campaigns.prizes.models.prize import MOST_STOCK
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.picture import by_day, by_hour
from campaigns.prizes.rules.plan import MOST_SAMPLED, draw
from campaigns.prizes.rules.sealing import read_list
from campaigns.prizes.rules.text_files import WORKBOOK, encoding_of, is_workbook
from campaigns.prizes.services import codes, uploads
from campaigns.prizes.services.brought import NoMoments, bring_moments, refuse_length
from campaigns.prizes.services.facts import facts_of, forecast_for, sentence_for
from campaigns.prizes.services.stock import newest_set
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from campaigns.workbench.admin.lifecycle import LifecyclePages
from ingest_lambda.contract.grammar.text import clean_code

SHOWN_LINES = 12
_THOUSANDS = re.compile(r"[ .,'\u2019]")
_GROUPED = re.compile(r"[0-9]{1,3}([ .,'\u2019][0-9]{3})+")
_MOST_DIGITS = 9
"""Of a number that somebody sends: Python refuses to read thousands of them."""


class PrizePages(LifecyclePages):
    """What a prize has besides its row on the tab."""

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each page of a prize."""
        known: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
            ("codes", self.prize_codes),
            ("moments", self.prize_moments),
        )
        own = [
            page(
                self.admin_site,
                f"prizes/{one(Prize, 'prize_id')}/{name}/",
                view,
                f"campaigns_campaign_prize_{name}",
            )
            for name, view in known
        ]
        sealed = page(
            self.admin_site,
            f"moments/{one(SealedSet, 'sealedset_id')}/",
            self.sealed_moments,
            "campaigns_campaign_sealed_moments",
        )
        return [*own, sealed, *super().get_urls()]

    def _prize(self, request: HttpRequest, prize_id: int) -> Prize:
        campaigns = campaigns_of(cast(User, request.user), Capability.CAMPAIGN_EDIT)
        rows = Prize.objects.filter(campaign__in=campaigns).select_related("campaign__client")
        prize = rows.filter(pk=prize_id).first()
        if prize is None:
            raise Http404
        return prize

    # ---------------------------------------------------------------- codes

    def prize_codes(self, request: HttpRequest, prize_id: int) -> HttpResponse:
        """Show how many codes a prize has, and take more; never the codes themselves but a file's own preview."""
        prize = self._prize(request, prize_id)
        user, at = cast(User, request.user), timezone.now()
        refused = ""
        if request.method == "POST":
            try:
                if said := self._change_codes(request, prize, user):
                    messages.success(request, said)
                return redirect(request.path)
            except DomainError as error:
                refused = error.message
        waiting = uploads.waiting_upload(prize)
        preview = uploads.preview_upload(waiting) if waiting else None
        facts = facts_of(prize)
        batches = list(prize.code_batches.select_related("added_by"))
        context = {
            **self._about(request, prize, "Codes"),
            "refused": refused,
            "facts": facts,
            "missing": max(prize.stock - facts.codes, 0),
            "batches": batches,
            "newest": batches[-1].pk if batches else None,
            "job": Job.objects.filter(only_one=f"codes:{prize.pk}", ended_at=None).first(),
            "waiting": waiting,
            "preview": preview,
            "lines": preview.lines[:SHOWN_LINES] if preview else (),
            "skipped": list(preview.skipped.items()) if preview else (),
            "most": MOST_STOCK,
            "at": at,
        }
        return TemplateResponse(request, "admin/campaigns/prize_codes.html", context)

    def _change_codes(self, request: HttpRequest, prize: Prize, user: User) -> str:
        at, act = timezone.now(), request.POST.get("act")
        if act == "upload":
            file = request.FILES.get("file")
            if not isinstance(file, UploadedFile):
                raise uploads.NoCodesHere("Choose a file first.")
            uploads.receive_codes(
                prize, name=str(file.name), chunks=file.chunks(), actor=user, at=at
            )
            return ""
        if act == "make":
            codes.make_codes(prize, _count(request.POST.get("count", "")), actor=user, at=at)
            return "The codes are being made. You can leave this page."
        if act == "remove":
            batch = prize.code_batches.filter(pk=_number(request.POST.get("batch"))).first()
            if batch is None:
                raise Http404
            codes.discard_codes(batch, actor=user, at=at)
            return f"{batch.codes:,} codes were removed."
        waiting = uploads.waiting_upload(prize)
        if waiting is None:
            raise uploads.NoCodesHere("This file was imported or dropped already.")
        if act == "import":
            codes.import_codes(waiting, actor=user, at=at)
            return "The codes are being imported. You can leave this page."
        uploads.drop_upload(waiting)
        return "The file was dropped. Nothing of it is kept."

    # ---------------------------------------------------------------- moments

    def prize_moments(self, request: HttpRequest, prize_id: int) -> HttpResponse:
        """Show how moments are spread, by a sample, and how many will probably be won; take a list of one's own."""
        prize = self._prize(request, prize_id)
        refused = ""
        if request.method == "POST":
            try:
                text = _list_in(request)
                if not text.strip():
                    raise NoMoments("Choose a file first.")
                found = bring_moments(
                    prize, text, actor=cast(User, request.user), at=timezone.now()
                )
            except DomainError as error:
                refused = error.message
            else:
                left = f" {found.left_out:,} lines were left out. {' '.join(found.problems)}"
                said = f"{len(found.times):,} moments are kept." + (left if found.left_out else "")
                (messages.warning if found.left_out else messages.success)(request, said)
                return redirect(request.path)
        campaign, facts = prize.campaign, facts_of(prize)
        sealed = newest_set(campaign, is_test=False)
        context = {
            **self._about(request, prize, "Winning moments"),
            **_sample(campaign, facts),
            "refused": refused,
            "sealed": sealed,
            "brings_list": prize.pace == Pace.LIST,
            "brought": len(facts.brought or ()),
            "may_read": can(request.user, Capability.PRIZE_MOMENTS, campaign.client),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/campaigns/prize_moments.html", context)

    def sealed_moments(self, request: HttpRequest, sealedset_id: int) -> HttpResponse:
        """Show the moments of a sealed set to an auditor; that they were read stands in the log."""
        campaigns = campaigns_of(cast(User, request.user), Capability.PRIZE_MOMENTS)
        sets = SealedSet.objects.filter(campaign__in=campaigns).select_related("campaign__client")
        sealed = sets.filter(pk=sealedset_id).first()
        if sealed is None or request.method not in ("GET", "HEAD"):
            raise Http404
        campaign, at = sealed.campaign, timezone.now()
        audit.record(
            campaign,
            "prize.moments_viewed",
            actor=cast(User, request.user),
            at=at,
            after={"seal": sealed.sha256},
        )
        names = {prize.key: str(prize) for prize in campaign.prize_rows.all()}
        context = {
            **self.admin_site.each_context(request),
            "title": f"Winning moments of {campaign.name}",
            "campaign": campaign,
            "sealed": sealed,
            "moments": [(one, names.get(one.prize, "")) for one in read_list(sealed.moments)],
        }
        answer = TemplateResponse(request, "admin/campaigns/sealed_moments.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def _about(self, request: HttpRequest, prize: Prize, what: str) -> dict[str, Any]:
        campaign = prize.campaign
        return {
            **self.admin_site.each_context(request),
            "title": f"{what} of {prize}",
            "campaign": campaign,
            "prize": prize,
            "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]) + "#prizes",
            "sentence": sentence_for(campaign, facts_of(prize)),
        }


def _sample(campaign: Campaign, prize: PrizeFacts) -> dict[str, Any]:
    """Return the picture of a sample, and the forecast where entries are expected."""
    opens, closes, zone = campaign.opens_at, campaign.closes_at, campaign.timezone
    if opens is None or closes is None:
        return {"days": []}
    try:
        count = min(prize.stock, MOST_SAMPLED)
        times = draw(Random(), prize, count, opens, closes, zone=zone)  # noqa: S311 - a picture
    except ValueError:
        return {"days": []}
    found = forecast_for(campaign, prize)
    is_list = prize.pace == Pace.LIST
    return {
        "days": [] if is_list else by_day(times, opens, closes, zone=zone),
        "hours": [] if is_list else by_hour(times, zone=zone),
        "forecast": found,
        "share": round(found.share * 100) if found else None,
    }


def _list_in(request: HttpRequest) -> str:
    """Return the list that was sent, as a file or typed."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return request.POST.get("times", "")
    refuse_length(file.size or 0)
    content: bytes = file.read()
    if is_workbook(content):
        raise NoMoments(WORKBOOK)
    return content.decode(encoding_of(content), "replace")


def _count(text: str) -> int:
    """Return a number of things, with whatever its writer's country has between thousands; 0 for none."""
    with suppress(ValueError):
        text = clean_code(text)
    return _number(_THOUSANDS.sub("", text) if _GROUPED.fullmatch(text) else text)


def _number(text: str | None) -> int:
    """Return a number that was sent; 0 for anything that is none of ours."""
    return int(text) if text and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
