"""What the last tab and the checklist of a campaign show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from campaignhub.env import env
from campaigns.accounts.models import User
from campaigns.publishing.services import checks
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
        "page_link": f"{env().public_site_url}/c/{campaign.slug}/"
        if campaign.first_published
        else "",
        "test_link": f"{env().public_site_url}/c/{campaign.test_slug}/"
        if any(release.is_test for release in releases)
        else "",
        "is_final": campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED),
        "publish_step": _step("publish", "Publish", campaign),
        "test_step": _step("publish_test", "Publish as test", campaign),
        "preview_step": _step("preview", "Preview", campaign),
        "life_steps": _lifecycle_steps(campaign),
        "danger_steps": _danger_steps(campaign),
    }


def _step(name: str, word: str, campaign: Campaign, words: str = "") -> Step | None:
    try:
        link = reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])
    except NoReverseMatch:
        return None
    return Step(word, link, words)


def _lifecycle_steps(campaign: Campaign) -> list[Step]:
    allowed = MOVES[campaign.state]
    steps = []
    if CampaignState.PAUSED in allowed:
        words = "No new entries until you resume. Entries already being sent are kept."
        steps.append(_step("pause", "Pause", campaign, words))
    if campaign.state == CampaignState.PAUSED:
        steps.append(_step("resume", "Resume", campaign, "Entries are taken again."))
    try:
        mails = reverse("admin:mail_mail_samples", args=[campaign.pk])
    except NoReverseMatch:
        mails = ""
    if mails:
        words = "Preview what entrants get, in each language, or send one to yourself."
        steps.append(Step("Preview e-mails", mails, words))
    steps.append(_step("clone", "Clone", campaign, "A draft like this one, without dates."))
    return [step for step in steps if step]


def _danger_steps(campaign: Campaign) -> list[Step]:
    steps = []
    if CampaignState.CLOSED in MOVES[campaign.state]:
        words = "No more entries are taken. A closed campaign can't be reopened."
        steps.append(_step("close", "Close for good", campaign, words))
    if CampaignState.ARCHIVED in MOVES[campaign.state]:
        words = "The page keeps saying that the campaign is over. This can't be undone."
        steps.append(_step("archive", "Archive", campaign, words))
    try:
        link = reverse("admin:test_data", args=[campaign.pk])
    except NoReverseMatch:
        link = ""
    if link:
        words = "Deletes every entry, photo and e-mail of tests. This can't be undone."
        steps.append(Step("Delete test data", link, words))
    return [step for step in steps if step]
