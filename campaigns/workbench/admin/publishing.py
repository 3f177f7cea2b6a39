"""What the last tab and the checklist of a campaign show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from campaigns.accounts.models import User
from campaigns.hosting.host import page_address
from campaigns.publishing.services import checks, pages
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import MOVES, CampaignState
from campaigns.workbench.admin.checklist import todos


@dataclass(frozen=True)
class Step:
    """Something that can be done with a campaign: its word, where it is asked for, what follows."""

    word: str
    link: str
    words: str = ""


def publishing(campaign: Campaign, *, user: User, at: datetime) -> dict[str, Any]:
    """Return problems, steps, releases and history of a campaign, as the templates show them."""
    problems = checks.publish_problems(campaign, at=at)
    releases = list(campaign.releases.select_related("published_by")[:20])
    moves = list(campaign.state_changes.select_related("actor").order_by("-at", "-id")[:20])
    return {
        "problems": problems,
        "cautions": checks.publish_cautions(campaign, at=at),
        "todos": todos(problems, campaign, user=user),
        "releases": releases,
        "moves": moves,
        "page_link": page_address(campaign) if campaign.first_published else "",
        "test_link": page_address(campaign, is_test=True)
        if any(release.is_test for release in releases)
        else "",
        "is_final": campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED),
        "publish_step": _campaign_step("publish", "Publish", campaign),
        "test_step": _campaign_step("publish_test", "Publish as test", campaign),
        "preview_step": _campaign_step("preview", "Preview", campaign),
        "life_steps": _lifecycle_steps(campaign),
        "danger_steps": _danger_steps(campaign),
    }


GLANCE = "glance"
"""Where another room offers something to those who see a campaign and don't edit it."""


@dataclass(frozen=True)
class _Offer:
    """What another room offers on a campaign's page."""

    word: str
    view: str
    words: str
    is_danger: bool
    tab: str
    needs_release: bool


def offer(
    word: str,
    view: str,
    words: str,
    *,
    is_danger: bool = False,
    tab: str = "publish",
    needs_release: bool = False,
) -> None:
    """Register what another room offers on a campaign's ``tab``; ``view`` takes the campaign's id.

    What ``needs_release`` is about entries, which no campaign has before its first
    publish, as a test or for everyone.
    """
    _offered.append(_Offer(word, view, words, is_danger, tab, needs_release))


_offered: list[_Offer] = []


def steps_on(tab: str, campaign: Campaign, *, are_danger: bool = False) -> list[Step]:
    """Return what other rooms offer on a tab, its dangers or all else."""
    return [
        _step(one.view, one.word, campaign, one.words)
        for one in _offered
        if (one.tab, one.is_danger) == (tab, are_danger)
        and (not one.needs_release or _was_published(campaign))
    ]


def _was_published(campaign: Campaign) -> bool:
    """Tell whether the campaign may have entries: it was published, at least as a test."""
    return campaign.state != CampaignState.DRAFT or campaign.releases.exists()


def _step(view: str, word: str, campaign: Campaign, words: str = "") -> Step:
    return Step(word, reverse(view, args=[campaign.pk]), words)


def _campaign_step(name: str, word: str, campaign: Campaign, words: str = "") -> Step:
    return _step(f"admin:campaigns_campaign_{name}", word, campaign, words)


def _lifecycle_steps(campaign: Campaign) -> list[Step]:
    steps = []
    if CampaignState.PAUSED in MOVES[campaign.state]:
        words = "No new entries until you resume. Entries already being sent are kept."
        steps.append(_campaign_step("pause", "Pause", campaign, words))
    if campaign.state == CampaignState.PAUSED:
        steps.append(_campaign_step("resume", "Resume", campaign, "Entries are taken again."))
    if campaign.first_published:
        words = "Show the page within the client's own site, by one line of its source."
        steps.append(_campaign_step("embed", "Embed", campaign, words))
    page = campaign.placements.filter(is_test=False).first() if campaign.first_published else None
    if page and page.is_taken_down:
        words = "Its address shows the page again."
        steps.append(_campaign_step("page_up", "Put the page back", campaign, words))
    elif page and page.is_page_kept:
        words = "Ends the earlier design."
        steps.append(_campaign_step("page_latest", "Latest design", campaign, words))
    elif page and page.earlier_page_version:
        words = "The page as it looked before the platform's last update."
        steps.append(_campaign_step("page_earlier", "Earlier design", campaign, words))
    clone = _campaign_step("clone", "Clone", campaign, "A draft like this one, without dates.")
    return [*steps, *steps_on("publish", campaign), clone]


def _danger_steps(campaign: Campaign) -> list[Step]:
    steps = []
    if CampaignState.CLOSED in MOVES[campaign.state]:
        words = "No more entries are taken. A closed campaign can't be reopened."
        steps.append(_campaign_step("close", "Close for good", campaign, words))
    if pages.can_be_taken_down(campaign):
        words = "Its address leads to an error page, until you put it back."
        steps.append(_campaign_step("page_down", "Take the page down", campaign, words))
    if CampaignState.ARCHIVED in MOVES[campaign.state]:
        words = "The page keeps saying that the campaign is over. This can't be undone."
        steps.append(_campaign_step("archive", "Archive", campaign, words))
    return [*steps, *steps_on("publish", campaign, are_danger=True)]
