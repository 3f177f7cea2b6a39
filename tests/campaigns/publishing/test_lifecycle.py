"""The moves of a campaign's life, by staff and by the clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from campaignhub.clock.lease import LEASE_SECONDS, Lease
from campaignhub.clock.turns import UNLIMITED, LeaseLost, Turn
from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.publishing import tasks
from campaigns.publishing.models import Release
from campaigns.publishing.services.lifecycle import (
    MoveNotAllowed,
    due_moves,
    move_campaign,
    republish,
)
from campaigns.publishing.services.propagate import propagate_due
from campaigns.publishing.services.publish import publish_test
from campaigns.setup.models import Campaign, StateChange
from campaigns.setup.rules.states import MOVES, CampaignState
from campaigns.workbench.services.clone import clone_campaign
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import NOON, make_draft, make_prize, publish
from tests.campaigns.published import placement_of, shown_state

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
EARLY = NOON - timedelta(days=1)
CLOSES = NOON + timedelta(days=28)


def state_of(campaign: Campaign) -> str:
    return Campaign.objects.values_list("state", flat=True).get(pk=campaign.pk)


def test_a_campaign_opens_and_closes_by_the_clock(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=EARLY)
    assert due_moves(NOON - timedelta(milliseconds=1)) == []
    assert due_moves(NOON) == [campaign]
    assert state_of(campaign) == CampaignState.LIVE
    assert due_moves(CLOSES - timedelta(milliseconds=1)) == []
    assert due_moves(CLOSES) == [campaign]
    propagate_due(CLOSES)
    current = table.published.current(campaign.slug)
    assert current is not None
    assert current.archived
    assert [change.actor for change in StateChange.objects.all()] == [None] * 3


def test_the_clock_catches_up_after_a_downtime_and_says_so(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=EARLY)
    later = CLOSES + timedelta(hours=3)
    assert due_moves(later) == [campaign, campaign]
    notes = [change.note for change in campaign.state_changes.order_by("id")]
    assert notes[0] == ""
    assert "while the clock stood" in notes[1]
    assert "3 hours ago" in notes[2]
    assert due_moves(later) == []


def test_the_clock_goes_by_what_was_released_not_by_what_is_being_typed(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.closes_at = NOON + timedelta(days=1)
    campaign.save()
    assert due_moves(NOON + timedelta(days=2)) == []
    publish(campaign, at=NOON + timedelta(hours=1), reason="Shorter.")
    assert due_moves(NOON + timedelta(days=1)) == [campaign]


def test_the_task_moves_what_is_due_and_carries_what_is_behind(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft(opens_at=NOON - timedelta(days=2), closes_at=NOON - timedelta(days=1))
    publish(campaign, at=NOON - timedelta(days=3))
    tasks.move_due(UNLIMITED)
    assert state_of(campaign) == CampaignState.CLOSED
    assert placement_of(campaign).is_behind
    tasks.propagate_due(UNLIMITED)
    assert not placement_of(campaign).is_behind


def test_the_clock_moves_a_campaign_while_table_and_host_are_away_and_writes_no_page_for_it(
    table: Table, host: LocalHost, table_down: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    publish(campaign, at=EARLY)
    table_down(True)
    assert due_moves(NOON) == [campaign]
    assert state_of(campaign) == CampaignState.LIVE
    assert propagate_due(NOON) == []
    table_down(False)
    with monkeypatch.context() as no_page:
        no_page.setattr(LocalHost, "put_page", None)
        assert propagate_due(NOON) == [placement_of(campaign)]
    assert shown_state(host, campaign.slug).state == CampaignState.LIVE


def test_who_lost_the_lease_moves_nothing(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=EARLY)
    asleep, awake = Lease("asleep"), Lease("awake")
    assert asleep.take_or_renew(at=NOON)
    assert awake.take_or_renew(at=NOON + timedelta(seconds=LEASE_SECONDS))
    with pytest.raises(LeaseLost):
        due_moves(NOON, Turn(fence=asleep.fence))
    assert state_of(campaign) == CampaignState.SCHEDULED
    assert due_moves(NOON, Turn(fence=awake.fence)) == [campaign]


def test_a_paused_campaign_closes_by_the_clock(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    assert due_moves(CLOSES) == [campaign]
    assert state_of(campaign) == CampaignState.CLOSED


def test_who_closes_early_closes_at_that_moment_and_not_at_the_planned_end(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    early = NOON + timedelta(days=2)
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=early)
    move_campaign(campaign, CampaignState.ARCHIVED, actor=None, at=early + timedelta(days=9))
    current = table.published.current(campaign.slug)
    assert current is not None
    assert (current.archived, current.closes_at) == (True, early)


def test_who_resumes_before_the_opening_waits_for_it(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign, at=EARLY)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=EARLY)
    move_campaign(campaign, CampaignState.LIVE, actor=None, at=EARLY)
    assert state_of(campaign) == CampaignState.SCHEDULED
    assert due_moves(NOON) == [campaign]


def test_a_pause_and_its_end_are_in_table_and_log(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    for after, paused in ((CampaignState.PAUSED, True), (CampaignState.LIVE, False)):
        move_campaign(campaign, after, actor=None, at=NOON, note="The till was down.")
        current = table.published.current(campaign.slug)
        assert current is not None
        assert current.paused is paused
        entry = AuditEntry.objects.get(code=f"campaign.{after.value}")
        assert entry.after == {"state": after.value, "note": "The till was down."}


def test_after_a_resume_entries_take_prizes_when_each_function_has_read_of_it(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    make_prize(campaign, mechanic="everyone", stock=3)
    publish(campaign)
    first = table.published.current(campaign.slug)
    assert first is not None
    assert first.awards_from is None
    for after in (CampaignState.PAUSED, CampaignState.LIVE):
        move_campaign(campaign, after, actor=None, at=NOON)
    resumed = table.published.current(campaign.slug)
    assert resumed is not None
    assert resumed.awards_from == NOON + timedelta(seconds=60)


@pytest.mark.parametrize("before", list(CampaignState))
@pytest.mark.parametrize("after", list(CampaignState))
def test_only_moves_of_the_table_are_made(before: CampaignState, after: CampaignState) -> None:
    campaign = make_draft(state=before.value)
    allowed = after in MOVES[before] and before is not CampaignState.DRAFT
    if allowed:
        assert move_campaign(campaign, after, actor=None, at=NOON).state == after
    else:
        with pytest.raises(MoveNotAllowed):
            move_campaign(campaign, after, actor=None, at=NOON)
        assert state_of(campaign) == before


def test_there_is_nothing_to_republish_of_a_draft() -> None:
    assert republish(make_draft(), at=NOON)


# ------------------------------------------------------------------ what the database holds


@pytest.mark.dialects
@pytest.mark.parametrize(
    "change", [{"slug": "elsewhere"}, {"state": "draft"}, {"test_slug": "unlisted-1"}]
)
def test_the_database_keeps_the_address_and_the_state_of_what_was_published(
    table: Table, host: LocalHost, change: dict[str, str]
) -> None:
    campaign = make_draft()
    publish(campaign)
    with pytest.raises(DatabaseError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**change)


def test_the_database_changes_and_removes_no_release(table: Table, host: LocalHost) -> None:
    publish(make_draft())
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.update(number=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.all()._raw_delete(Release.objects.db)


def test_slugs_of_tests_and_of_campaigns_never_meet() -> None:
    campaign = make_draft()
    for change in ({"slug": "unlisted-abc"}, {"test_slug": "abc"}, {"slug": make_draft().slug}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(**change)


# ------------------------------------------------------------------ clones


def test_a_clone_has_page_form_and_limits_and_nothing_that_happened(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    publish(campaign)
    publish_test(campaign, actor=None, at=NOON)
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON)
    copy = clone_campaign(campaign, actor=None, at=NOON)
    copy.refresh_from_db()

    assert (copy.state, copy.opens_at, copy.closes_at) == ("draft", None, None)
    assert copy.headline == campaign.headline
    assert [row.name for row in copy.form_fields.all()] == ["receipt", "email", "accept_rules"]
    assert copy.limits.count() == 1
    assert not copy.releases.exists()
    assert not copy.placements.exists()
    assert {copy.pk, copy.test_id, copy.test_slug}.isdisjoint(
        {campaign.pk, campaign.test_id, campaign.test_slug}
    )
    assert campaign.form_fields.count() == 3
    again = clone_campaign(campaign, actor=None, at=NOON)
    assert again.slug not in {copy.slug, campaign.slug}
    assert AuditEntry.objects.filter(code="campaign.cloned").count() == 2
