"""The actions of a campaign's life: publish, preview, pause, resume, close, archive, clone."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html

from campaignhub.errors import DomainError
from campaignhub.staff_site.routes import one, page
from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.hosting.host import page_address
from campaigns.prizes.services.facts import forecast_for, prizes_of, sentence_for
from campaigns.publishing.rules.publish_checks import Finding
from campaigns.publishing.rules.publish_checks.texts import language_name
from campaigns.publishing.services import checks, pages, publish
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.drafts import draft_token
from campaigns.publishing.services.embedding import let_embed
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.seen import EDITS_AND_RELEASES, last_seen
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.workbench.admin.checklist import Todo, todos
from campaigns.workbench.services.clone import clone_campaign

_QUESTIONS: dict[str, tuple[str, str, bool]] = {
    "publish": (
        "Publish {name}?",
        "The page shows this version to everyone within 30 seconds. People who have already entered "
        "keep the version they agreed to.",
        False,
    ),
    "publish as test": (
        "Publish {name} as a test?",
        "Test entries use an unlisted link and never count. You can delete them all at once.",
        False,
    ),
    "pause": (
        "Pause {name}?",
        "No new entries can be started until you resume. Entries already being sent are kept and count.",
        False,
    ),
    "resume": ("Resume {name}?", "Entries are taken again within 30 seconds.", False),
    "close": (
        "Close {name} for good?",
        "No more entries are taken, and a closed campaign can't be reopened.",
        True,
    ),
    "archive": (
        "Archive {name}?",
        "The page keeps saying that the campaign is over. This can't be undone.",
        True,
    ),
    "clone": ("Clone {name}?", "The copy is a draft without dates or entries.", False),
    "take the page down": (
        "Take the page of {name} down?",
        "Its address, with every link and QR code to it, leads to an error page within a minute, and so "
        "does its test's. Entries, status links and data stay. You can put it back at any time.",
        True,
    ),
    "put the page back": (
        "Put the page of {name} back?",
        "Its address shows the page again within a minute, as it stands: paused, closed or archived.",
        False,
    ),
    "earlier design": (
        "Show the page of {name} in its earlier design?",
        "It looks as it did before the platform's last update. Texts, rules, form and entries stay as "
        "they are. The next release, or Latest design, ends this.",
        False,
    ),
    "latest design": (
        "Show the page of {name} in the latest design?",
        "Texts, rules, form and entries stay as they are.",
        False,
    ),
}
"""Action → question, what follows, and whether the slug has to be typed."""
_MOVES: dict[str, tuple[CampaignState, str]] = {
    "pause": (CampaignState.PAUSED, "{name} will be paused within 30 seconds."),
    "resume": (CampaignState.LIVE, "{name} takes entries again within 30 seconds."),
    "close": (CampaignState.CLOSED, "{name} is closed."),
    "archive": (CampaignState.ARCHIVED, "{name} is archived."),
}
"""Action → where it leads, and what is said then."""
_PAGE_ACTS: dict[str, tuple[str, str]] = {
    "page_down": ("take the page down", "The page of {name} is down within a minute."),
    "page_up": ("put the page back", "The page of {name} is back within a minute."),
    "page_earlier": ("earlier design", "{name} shows its earlier design within a minute."),
    "page_latest": ("latest design", "{name} shows the latest design within a minute."),
}
"""Address → what is asked, and what is said then."""
_LIVE_SOON = "live for everyone within 30 seconds"


class LifecyclePages(ScopedModelAdmin):
    """What a campaign's page offers besides its fields; each asks before it changes anything."""

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each action, and the way to the preview."""
        known: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
            ("publish/", self.publish, "publish"),
            ("publish-test/", self.publish_test, "publish_test"),
            *((f"{name}/", partial(self.move, name=name), name) for name in _MOVES),
            *(
                (f"{name.replace('_', '-')}/", partial(self.page_act, name=name), name)
                for name in _PAGE_ACTS
            ),
            ("clone/", self.clone, "clone"),
            ("embed/", self.embed, "embed"),
            ("preview/", self.preview, "preview"),
        )
        own = [
            page(self.admin_site, f"{one(Campaign)}/{route}", view, f"campaigns_campaign_{name}")
            for route, view, name in known
        ]
        return [*own, *super().get_urls()]

    def _campaign(self, request: HttpRequest, object_id: Any, capability: Capability) -> Campaign:
        campaign: Campaign | None = self.get_queryset(request).filter(pk=object_id).first()
        if campaign is None or not can(request.user, capability, campaign.client):  # type: ignore[arg-type]
            raise Http404
        return campaign

    def _back(self, campaign: Campaign) -> HttpResponse:
        return redirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))

    def _ask(
        self, request: HttpRequest, campaign: Campaign, name: str, **more: Any
    ) -> HttpResponse:
        """Ask before something changes for everyone.

        A mere link must never publish or close: only the form on this page
        carries the token that another site cannot forge.
        """
        question, consequence, typed = _QUESTIONS[name]
        if name == "publish" and campaign.state == CampaignState.DRAFT:
            consequence += " The address can't be changed after publishing."
        context = {
            **self.admin_site.each_context(request),
            "title": name.capitalize(),
            "question": question.format(name=campaign.name),
            "consequence": consequence,
            "typed": campaign.slug if typed else "",
            "button": name.capitalize(),
            "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            **more,
        }
        return TemplateResponse(request, "admin/campaigns/confirm.html", context)

    def _is_answered(self, request: HttpRequest, campaign: Campaign, name: str) -> bool:
        word = campaign.slug if _QUESTIONS[name][2] else ""
        return request.method == "POST" and request.POST.get("typed", "").strip() == word

    def _act(
        self,
        request: HttpRequest,
        campaign: Campaign,
        name: str,
        act: Callable[[], Any],
        words: str,
    ) -> HttpResponse:
        """Do what was asked for, once the question is answered; ``words`` name what came of it."""
        if not self._is_answered(request, campaign, name):
            return self._ask(request, campaign, name)
        try:
            made = act()
        except DomainError as error:
            messages.error(request, error.message)
            return self._back(campaign)
        acted = made if isinstance(made, Campaign) else campaign
        self._show_result(request, acted, words.format(made=made, name=acted.name))
        return self._back(acted)

    def _show_result(self, request: HttpRequest, campaign: Campaign, words: str) -> None:
        """Say what was done, or that it is not in force everywhere yet."""
        behind = [place for place in campaign.placements.all() if place.is_behind]
        if not behind:
            messages.success(request, words)
            return
        troubles = " ".join(dict.fromkeys(place.trouble for place in behind if place.trouble))
        messages.warning(
            request,
            "Decided and kept, but not in force yet; what was live before stays live. "
            f"{troubles} We try again every few seconds by ourselves.",
        )

    # ---------------------------------------------------------------- publishing

    def publish(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Publish the campaign as its next release."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        at = timezone.now()
        refused = ""
        if request.method == "POST":
            note = {
                code: request.POST.get(f"note_{code}", "").replace("\r\n", "\n")
                for code in campaign.languages
            }
            try:
                release = publish.publish_campaign(
                    campaign,
                    actor=request.user,  # type: ignore[arg-type]
                    at=at,
                    accepted=request.POST.getlist("accepted"),
                    typed=request.POST.get("typed", ""),
                    reason=request.POST.get("reason", ""),
                    public_note=note,
                    looked_at=request.POST.get("seen", ""),
                )
            except DomainError as error:
                refused = "" if isinstance(error, publish.CannotPublish) else error.message
            else:
                is_paused = campaign.state == CampaignState.PAUSED
                force = "in force; the campaign stays paused" if is_paused else _LIVE_SOON
                words = f"Published. Release {release.number} is {force}."
                self._show_result(request, campaign, words)
                return self._back(campaign)
        return self._ask(
            request, campaign, "publish", refused=refused, **self._findings(request, campaign)
        )

    def publish_test(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Publish the campaign at its unlisted address."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        at, user = timezone.now(), cast(User, request.user)
        name, problems = "publish as test", checks.publish_problems(campaign, at=at)
        if problems:
            return self._ask(request, campaign, name, problems=_todos(request, campaign, problems))
        publish_it = partial(publish.publish_test, campaign, actor=user, at=at)
        words = "Test {made.number} stands at its own address."
        return self._act(request, campaign, name, publish_it, words)

    def _findings(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        """Return what the page of the question shows besides it: problems, ticks, an amendment's words."""
        at = timezone.now()
        last = campaign.releases.filter(is_test=False).order_by("-number").first()
        ticked = request.POST.getlist("accepted") or (last.accepted_warnings if last else [])
        amends = publish.is_amendment(campaign)
        cautions = checks.publish_cautions(campaign, at=at)
        wants_typing = [caution for caution in cautions if caution.is_typed]
        return {
            "problems": _todos(request, campaign, checks.publish_problems(campaign, at=at)),
            "cautions": [
                (caution, caution.key in ticked) for caution in cautions if not caution.is_typed
            ],
            "to_type": wants_typing,
            "prizes": [
                (sentence_for(campaign, prize), forecast_for(campaign, prize))
                for prize in prizes_of(campaign)
            ],
            "typed": campaign.slug if wants_typing else "",
            "amends": amends,
            "seen": last_seen(campaign, EDITS_AND_RELEASES),
            "changes": changes_since_release(campaign),
            "reason": request.POST.get("reason", ""),
            "notes": [
                (code, language_name(code), request.POST.get(f"note_{code}", ""))
                for code in campaign.languages
            ],
        }

    def preview(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Lead to the draft's page, marked and unable to send."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_VIEW)
        if request.method not in ("GET", "HEAD"):
            raise Http404
        return redirect(draft_address(request, campaign))

    def embed(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Show the line that embeds the page, and take the sites that may."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        sites, refused = "\n".join(campaign.embed_origins), ""
        if request.method == "POST":
            sites = request.POST.get("sites", "")
            user, at = cast(User, request.user), timezone.now()
            try:
                campaign = let_embed(campaign, sites.splitlines(), actor=user, at=at)
            except DomainError as error:
                refused = error.message
            else:
                is_out = campaign.releases.exists()
                force = "In force within a minute." if is_out else "In force once you publish."
                self._show_result(request, campaign, f"Saved. {force}")
                return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": "Embed",
            "campaign": campaign,
            "lines": [
                (code, language_name(code), embed_line(campaign, code))
                for code in campaign.languages
            ],
            "sites": sites,
            "refused": refused,
            "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        }
        return TemplateResponse(request, "admin/campaigns/embed.html", context)

    # ---------------------------------------------------------------- moves

    def move(self, request: HttpRequest, object_id: UUID, name: str) -> HttpResponse:
        """Pause, resume, close or archive the campaign."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        after, words = _MOVES[name]
        user, at = cast(User, request.user), timezone.now()
        move_it = partial(move_campaign, campaign, after, actor=user, at=at)
        return self._act(request, campaign, name, move_it, words)

    def page_act(self, request: HttpRequest, object_id: UUID, name: str) -> HttpResponse:
        """Take the page off the net or put it back; show it in its earlier design or in the latest."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        acts: dict[str, Callable[..., object]] = {
            "page_down": pages.take_page_down,
            "page_up": pages.put_page_back,
            "page_earlier": pages.show_earlier_design,
            "page_latest": pages.show_latest_design,
        }
        user, at = cast(User, request.user), timezone.now()
        question, words = _PAGE_ACTS[name]
        act = partial(acts[name], campaign, actor=user, at=at)
        return self._act(request, campaign, question, act, words)

    def clone(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Make a draft like this one."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_EDIT)
        user, at = cast(User, request.user), timezone.now()
        clone_it = partial(clone_campaign, campaign, actor=user, at=at)
        words = "{name} is a draft without dates."
        return self._act(request, campaign, "clone", clone_it, words)


def embed_line(campaign: Campaign, language: str) -> str:
    """Return the one line of a client's own site that shows the page there, in one of its languages."""
    return format_html(
        '<script async src="{}embed.js" data-title="{}"{}></script>',
        page_address(campaign),
        campaign.text(campaign.headline, language) or campaign.name,
        format_html(' data-language="{}"', language) if language != campaign.languages[0] else "",
    )


def draft_address(request: HttpRequest, campaign: Campaign) -> str:
    """Return where the draft's page stands for who asks, for an hour or two."""
    token = draft_token(campaign, viewer=request.user, at=timezone.now())  # type: ignore[arg-type]
    return reverse("draft_page", args=[token])


def _todos(request: HttpRequest, campaign: Campaign, problems: list[Finding]) -> list[Todo]:
    return todos(problems, campaign, user=request.user)  # type: ignore[arg-type]
