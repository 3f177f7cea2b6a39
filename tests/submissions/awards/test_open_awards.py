"""Awards that wait: for photos that prove what was announced, for the end of a pause."""

from datetime import timedelta

import pytest

from campaignhub import ingest
from campaignhub.clock.turns import Away, Turn
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import AwardState, Current, PrizeOutcome, SubmissionStatus
from submissions.awards.services.open_awards import confirm_proven, offer_held
from submissions.mirror.models import Submission
from submissions.mirror.services.releases import release_of
from tests.campaigns.conftest import Away as AwayClient
from tests.campaigns.conftest import table as table
from tests.submissions.awards.prizes import award, enter, make_prize_campaign
from tests.submissions.factories import NOON

pytestmark = pytest.mark.django_db
GIVEN = {"prizes": {"voucher": PrizeOutcome.GIVEN}}


def in_the_table(campaign: Campaign, status: SubmissionStatus, **more: object):
    """Return an entry with a provisional award, in the table and here."""
    entry = enter(campaign, status=status, **GIVEN, **more)
    made = award(campaign, entry, state=AwardState.PROVISIONAL)
    manifest = release_of(Submission.objects.get(pk=entry.id)).manifest
    times = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=campaign.slug, release=1, **times))
    ingest.restore_submission(entry)
    ingest.restore_item(made)
    return entry


def state_of(table: Table, entry) -> AwardState:
    (found,) = table.submissions.awards(entry.id)
    return found.state


@pytest.mark.dialects
def test_what_counts_without_a_review_is_confirmed_once_and_what_waits_is_not(table):
    campaign = make_prize_campaign()
    counts = in_the_table(campaign, SubmissionStatus.APPROVED)
    waits = in_the_table(campaign, SubmissionStatus.PENDING_REVIEW)
    assert confirm_proven() == 1
    assert confirm_proven() == 0, "the mirror has not heard of it yet, and twice is once"
    assert state_of(table, counts) is AwardState.CONFIRMED
    assert state_of(table, waits) is AwardState.PROVISIONAL


def test_a_turn_that_is_over_confirms_no_more(table):
    in_the_table(make_prize_campaign(), SubmissionStatus.APPROVED)
    assert confirm_proven(turn=Turn(0)) == 0


def test_a_table_that_is_away_ends_the_turn(table, monkeypatch):
    in_the_table(make_prize_campaign(), SubmissionStatus.APPROVED)
    monkeypatch.setattr(
        ingest.clients, "submissions_table", lambda: Table(AwayClient(), "campaignhub")
    )
    with pytest.raises(Away):
        confirm_proven()


@pytest.mark.parametrize("state", [CampaignState.LIVE, CampaignState.CLOSED, CampaignState.PAUSED])
def test_the_table_is_asked_for_held_entries_unless_their_campaign_is_paused(
    table, monkeypatch, state
):
    dates = {"opens_at": NOON - timedelta(days=1), "closes_at": NOON + timedelta(days=1)}
    campaign = make_prize_campaign(state=state, **dates)
    enter(campaign, held=True, prizes={"voucher": PrizeOutcome.HELD})
    assert offer_held() == 0, "the table knows of none"
    monkeypatch.setattr(
        ingest.clients, "submissions_table", lambda: Table(AwayClient(), "campaignhub")
    )
    if state is CampaignState.PAUSED:
        assert offer_held() == 0
    else:
        with pytest.raises(Away):
            offer_held()
