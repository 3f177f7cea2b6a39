"""The moves of a campaign's life, by staff and by the clock."""

from datetime import datetime, timedelta

from django.db import transaction

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Turn
from campaignhub.errors import DomainError
from campaignhub.spans import distance
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.services.loading import forget_loaded
from campaigns.publishing.models import Placement
from campaigns.publishing.services.propagate import propagate_both
from campaigns.setup.models import Campaign, StateChange
from campaigns.setup.rules.states import MOVES, CampaignState
from campaigns.setup.services.campaign import locked

LATE = timedelta(minutes=2)
"""Beyond this a move by the clock is noted as late; the clock strikes every few seconds."""


class MoveNotAllowed(DomainError):
    """A campaign cannot go from its state to the one that was asked for."""


def move_campaign(
    campaign: Campaign,
    after: CampaignState,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Campaign:
    """Pause, resume, close or archive a campaign; in force everywhere within 30 seconds.

    A campaign that is resumed before its opening waits for it.

    Raises:
        MoveNotAllowed: not from this state.
    """
    with transaction.atomic(durable=True):
        campaign = locked(campaign)
        if campaign.state == CampaignState.DRAFT:
            raise MoveNotAllowed(f"{campaign.name} is a draft. Publish it first.")
        placement = campaign.placements.filter(is_test=False).first()
        if after is CampaignState.LIVE and placement and placement.is_taken_down:
            raise MoveNotAllowed(f"The page of {campaign.name} is taken down. Put it back first.")
        if after is CampaignState.LIVE and placement and placement.opens_at:
            after = CampaignState.SCHEDULED if placement.opens_at > at else after
        _move(campaign, after, actor=actor, at=at, note=note)
    propagate_both(campaign, at=at, whole=False)
    return campaign


def due_moves(at: datetime, turn: Turn = UNLIMITED) -> list[Campaign]:
    """Open and close what is due, with nobody at the keyboard; return what was moved.

    After a downtime everything that was missed is caught up, in order. Two
    processes at once move each campaign once: the second finds it moved, under
    the lock. Table and host are told apart from this
    (:func:`campaigns.publishing.services.propagate.propagate_due`), since either may hang.
    """
    moved: list[Campaign] = []
    for state, when, after in (
        (CampaignState.SCHEDULED, "opens_at", CampaignState.LIVE),
        (CampaignState.LIVE, "closes_at", CampaignState.CLOSED),
        (CampaignState.PAUSED, "closes_at", CampaignState.CLOSED),
    ):
        due = Campaign.objects.filter(
            state=state.value,
            placements__in=Placement.objects.filter(is_test=False, **{f"{when}__lte": at}),
        )
        for campaign in due:
            if turn.is_over():
                return moved
            with transaction.atomic(durable=True):
                fresh = locked(campaign)
                moment = getattr(fresh.placements.get(is_test=False), when)
                if fresh.state != state or moment > at:
                    continue  # moved or amended between the question and the lock
                turn.fence()
                late = at - moment > LATE
                note = f"Was due {distance(moment, at)}, while the clock stood." if late else ""
                _move(fresh, after, actor=None, at=at, note=note)
            moved.append(fresh)
    return moved


def republish(campaign: Campaign, *, at: datetime) -> bool:
    """Write a campaign to table and host again, after one of them lost it; tell whether both have it."""
    for is_test in (False, True):
        newest = campaign.releases.filter(is_test=is_test).order_by("-number").first()
        if newest is None:
            continue
        try:
            held = ingest.read_current(newest.manifest["slug"])
        except ingest.IngestBusy:
            held = None  # carrying will meet the same and say so
        with transaction.atomic(durable=True):
            place = decided(locked(campaign), is_test=is_test, beyond=held.revision if held else 0)
            Placement.objects.filter(pk=place.pk).update(is_page_kept=False)
            # In one with the revision, or the clock might carry that while all stock still counts as there.
            forget_loaded(campaign, is_test=is_test)
    return propagate_both(campaign, at=at)


def change_state(
    campaign: Campaign, after: CampaignState, *, actor: User | None, at: datetime, note: str = ""
) -> None:
    """Change the state of a locked campaign, with a dated and signed line.

    Raises:
        MoveNotAllowed: not from this state.
    """
    if after not in MOVES[campaign.state]:
        raise MoveNotAllowed(
            f"{campaign.name} is {campaign.state} and cannot become {after.value} from there."
        )
    StateChange.objects.create(
        campaign=campaign, before=campaign.state, after=after.value, at=at, actor=actor, note=note
    )
    campaign.state = after.value
    campaign.save(update_fields=["state"])


def decided(
    campaign: Campaign, *, is_test: bool, beyond: int = 0, changes_page: bool = True
) -> Placement:
    """Count a decision about a locked campaign, so that it is carried.

    ``beyond`` is the revision that the table holds: higher than ours only
    where this database came from a backup.
    """
    placement, _ = Placement.objects.get_or_create(campaign=campaign, is_test=is_test)
    placement.revision = max(placement.revision, beyond) + 1
    if changes_page:
        placement.page_revision = placement.revision
    placement.save(update_fields=["revision", "page_revision"])
    return placement


def _move(
    campaign: Campaign, after: CampaignState, *, actor: User | None, at: datetime, note: str
) -> None:
    before = campaign.state
    change_state(campaign, after, actor=actor, at=at, note=note)
    # After the close the rules show the moments that were sealed before the start.
    reveals = after is CampaignState.CLOSED and campaign.sealed_sets.exists()
    for is_test in campaign.placements.values_list("is_test", flat=True):
        decided(campaign, is_test=is_test, changes_page=reveals)
    audit.record(
        campaign,
        f"campaign.{after.value}",
        actor=actor,
        at=at,
        before={"state": before},
        after={"state": after.value, **({"note": note} if note else {})},
    )
