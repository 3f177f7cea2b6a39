"""Publishing and the moves of a campaign's life. A failure half way leaves the earlier release live.

The order is the promise: the functions' table first (a page must never show a
release that they do not know), then the page, then its ``state.json``.
"""

import logging
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from django.db import transaction

from campaignhub import ingest
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.hosting.local import LocalHost
from campaigns.models import Campaign, Release, StateChange, User
from campaigns.rendering import PageContent, render_page
from campaigns.rules.publish_checks import Problem, problems_of
from campaigns.rules.states import MOVES, CampaignState
from campaigns.services import audit
from campaigns.services.manifest import facts_of, manifest_of, page_content
from ingest_lambda.contract import Current, Manifest, PageState

logger = logging.getLogger(__name__)


class CannotPublish(DomainError):
    """Something is missing; ``problems`` is the list."""

    code = "cannot_publish"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class MoveNotAllowed(DomainError):
    """A campaign cannot go from its state to the one that was asked for."""

    code = "move_not_allowed"


def publish_problems(campaign: Campaign, *, at: datetime) -> list[Problem]:
    """Return what keeps a campaign from being published."""
    return problems_of(facts_of(campaign), at=at)


@transaction.atomic
def publish_campaign(campaign: Campaign, *, actor: User | None, at: datetime) -> Release:
    """Publish a campaign as its next release.

    The row is locked, so that two who press at once get two numbers. The table
    takes the release before this transaction commits; if the commit then
    fails, its number is never used again, because a release does not change.

    Raises:
        CannotPublish: with the whole list of what is missing.
        MoveNotAllowed: it is closed or archived.
    """
    campaign = Campaign.objects.select_for_update().select_related("client").get(pk=campaign.pk)
    if campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED):
        raise MoveNotAllowed("A closed campaign is not published again. Clone it instead.")
    if problems := publish_problems(campaign, at=at):
        raise CannotPublish(problems)
    assert campaign.opens_at is not None
    number = _next_number(campaign)
    content = page_content(campaign, release=number)
    manifest = manifest_of(campaign, release=number, page_sha256=content.sha256())
    release = Release.objects.create(
        campaign=campaign,
        number=number,
        manifest=manifest.model_dump(mode="json"),
        page=content.model_dump(mode="json"),
        published_at=at,
        published_by=actor,
    )
    if campaign.state == CampaignState.DRAFT:
        opened = campaign.opens_at <= at
        _move(campaign, CampaignState.LIVE if opened else CampaignState.SCHEDULED, actor, at)
    audit.record(
        "campaign.published",
        actor=actor,
        client=campaign.client,
        target=f"campaign:{campaign.slug}",
        at=at,
        after={"release": number},
    )
    _write_everywhere(campaign, release)
    return release


def _next_number(campaign: Campaign) -> int:
    """Return the number after the last one that Django or the table has seen."""
    last = campaign.releases.order_by("-number").first()
    current = ingest.read_current(campaign.slug)
    return max(last.number if last else 0, current.release if current else 0) + 1


def republish(campaign: Campaign) -> None:
    """Write a campaign's newest release to table and host again, after one of them lost it."""
    release = campaign.releases.order_by("-number").first()
    if release is not None:
        _write_everywhere(campaign, release)


@transaction.atomic
def move_campaign(
    campaign: Campaign, after: CampaignState, *, actor: User | None, at: datetime
) -> Campaign:
    """Pause, resume, open, close or archive; in force everywhere within 30 seconds.

    Raises:
        MoveNotAllowed: not from this state.
    """
    campaign = Campaign.objects.select_for_update().select_related("client").get(pk=campaign.pk)
    before = campaign.state
    _move(campaign, after, actor, at)
    audit.record(
        f"campaign.{after.value}",
        actor=actor,
        client=campaign.client,
        target=f"campaign:{campaign.slug}",
        at=at,
        before={"state": before},
        after={"state": after.value},
    )
    if release := campaign.releases.order_by("-number").first():
        ingest.set_current(_current(campaign, release))
        _put_state(campaign, release)
    return campaign


def due_moves(at: datetime) -> list[Campaign]:
    """Open and close what is due, with nobody at the keyboard; return what was moved."""
    moved = []
    due = [
        (CampaignState.SCHEDULED, "opens_at__lte", CampaignState.LIVE),
        (CampaignState.LIVE, "closes_at__lte", CampaignState.CLOSED),
        (CampaignState.PAUSED, "closes_at__lte", CampaignState.CLOSED),
    ]
    for state, when, after in due:
        for campaign in Campaign.objects.filter(state=state.value, **{when: at}):
            try:
                moved.append(move_campaign(campaign, after, actor=None, at=at))
            except MoveNotAllowed:
                continue  # another worker moved it between the question and the lock
            except (ingest.IngestBusy, BotoCoreError, ClientError, OSError) as exc:
                # One campaign's trouble must not keep the others shut; the next round tries again.
                logger.warning("campaign not moved: %s", type(exc).__name__)
    return moved


def _move(campaign: Campaign, after: CampaignState, actor: User | None, at: datetime) -> None:
    if after not in MOVES[campaign.state]:
        raise MoveNotAllowed(
            f"{campaign.name} is {campaign.state} and cannot become {after.value} from there."
        )
    StateChange.objects.create(
        campaign=campaign, before=campaign.state, after=after.value, at=at, actor=actor
    )
    campaign.state = after.value
    campaign.save(update_fields=["state"])


def _current(campaign: Campaign, release: Release) -> Current:
    manifest = Manifest.model_validate(release.manifest)
    return Current(
        slug=campaign.slug,
        release=release.number,
        opens_at=manifest.opens_at,
        closes_at=manifest.closes_at,
        paused=campaign.state == CampaignState.PAUSED,
        archived=campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED),
    )


def _write_everywhere(campaign: Campaign, release: Release) -> None:
    ingest.publish_release(Manifest.model_validate(release.manifest), _current(campaign, release))
    bundle = render_page(
        PageContent.model_validate(release.page),
        api_url=env().public_api_url,
        upload_origin=env().public_upload_url,
        images=page_images(campaign),
    )
    LocalHost(env().site_root).put_page(campaign.slug, bundle)
    _put_state(campaign, release)


def page_images(campaign: Campaign) -> dict[str, bytes]:
    """Return the images of a campaign's page by their place in it."""
    if not campaign.hero_image:
        return {}
    with campaign.hero_image.open("rb") as image:
        return {"hero": image.read()}


def _put_state(campaign: Campaign, release: Release) -> None:
    current = _current(campaign, release)
    state = PageState(
        state=campaign.state,
        opens_at=current.opens_at,
        closes_at=current.closes_at,
        release=current.release,
    )
    LocalHost(env().site_root).put_state(campaign.slug, state.model_dump_json().encode())
