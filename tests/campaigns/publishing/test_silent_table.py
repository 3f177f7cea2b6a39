"""The table accepts and never answers while a member of staff pauses a campaign: they wait briefly, once."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.propagate import propagate_both
from campaigns.publishing.services.publish import publish_test
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import NOON, make_draft, publish

pytestmark = pytest.mark.django_db
WAITS_SECONDS = 2 * aws.BRIEF_SECONDS
"""More than one call that is given up takes, and less than two of them with what else a pause does."""


@pytest.fixture
def with_test(table: Table, host: LocalHost) -> Campaign:
    """Return a campaign that is live, with a test of it."""
    campaign = make_draft()
    publish(campaign)
    publish_test(campaign, actor=None, at=NOON)
    return campaign


@pytest.fixture
def silent_table(with_test: Campaign, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the process answer people, and the table be one that takes connections and says nothing."""
    monkeypatch.setattr(aws._process, "answers_people", True)
    with socket.create_server(("127.0.0.1", 0), backlog=16) as deaf:
        monkeypatch.setattr(env(), "aws_endpoint_url", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        for made in (aws.dynamodb, ingest.clients.submissions_table):
            made.cache_clear()
        yield


def test_a_pause_waits_for_one_call_and_is_carried_later(
    with_test: Campaign, silent_table: None
) -> None:
    begun = time.monotonic()
    move_campaign(with_test, CampaignState.PAUSED, actor=None, at=timezone.now())
    assert time.monotonic() - begun < WAITS_SECONDS
    assert Campaign.objects.get(pk=with_test.pk).state == CampaignState.PAUSED
    live, test = with_test.placements.order_by("is_test")
    assert live.is_behind
    assert test.is_behind
    assert (live.trouble, test.trouble) == ("The submissions table is busy or away.", "")


def test_what_could_not_be_carried_to_one_is_carried_to_both_in_the_end(
    with_test: Campaign, table: Table, table_down
) -> None:
    table_down(True)
    move_campaign(with_test, CampaignState.PAUSED, actor=None, at=NOON)
    table_down(False)
    assert propagate_both(with_test, at=NOON, whole=False)
    assert not any(place.is_behind for place in with_test.placements.all())


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "s3", "pages_s3"])
def test_what_pages_wait_for_is_given_up_within_seconds_where_people_wait(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = getattr(aws, service)
    patient = made.__wrapped__().meta.config
    monkeypatch.setattr(aws._process, "answers_people", True)
    brief = made.__wrapped__().meta.config
    assert brief.read_timeout == aws.BRIEF_SECONDS < patient.read_timeout
    assert brief.retries["total_max_attempts"] <= 2
    assert brief.retries["mode"] == patient.retries["mode"]
