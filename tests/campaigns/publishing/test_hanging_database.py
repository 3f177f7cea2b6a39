"""PostgreSQL accepts and never answers: the clock finds out, and goes on within seconds of its return."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from campaignhub.env import ROOT, environment_with
from campaignhub.postgresql.limits import ANSWER_SECONDS
from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.checks import publish_cautions
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import make_draft, publish
from tests.support.installation import wait_until
from tests.support.silent import Line, silent_line

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
HANGS_SECONDS = 6
BACK_SECONDS = 30


def through(line: Line) -> str:
    settings = connection.settings_dict
    return f"postgres://{settings['USER']}@127.0.0.1:{line.port}/{settings['NAME']}"


def state(campaign: Campaign) -> str:
    return Campaign.objects.values_list("state", flat=True).get(pk=campaign.pk)


def test_a_server_that_says_nothing_is_given_up_by_the_client():
    settings = connection.settings_dict
    with silent_line(settings["HOST"], int(settings["PORT"])) as line:
        other = connection.copy("silent")
        other.settings_dict = {
            **settings,
            "HOST": "127.0.0.1",
            "PORT": line.port,
            "OPTIONS": {**settings["OPTIONS"], ANSWER_SECONDS: 1},
        }
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
            line.hang()
            begun = time.monotonic()
            with pytest.raises(OperationalError, match="no answer"):
                cursor.execute("SELECT 1")
        assert time.monotonic() - begun < 3
        other.close_if_unusable_or_obsolete()
        line.heal()
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
        other.close()


def test_campaigns_open_and_close_within_seconds_of_its_return_and_each_once(
    table: Table, host: LocalHost
):
    now, settings = timezone.now(), connection.settings_dict
    opening, closing = (
        make_draft(opens_at=now + timedelta(days=days), closes_at=now + timedelta(days=28))
        for days in (1, -2)
    )
    for campaign in (opening, closing):
        at = now - timedelta(days=3)
        cautions = publish_cautions(campaign, at=at)
        publish(campaign, at=at, accepted=[caution.key for caution in cautions])
    with silent_line(settings["HOST"], int(settings["PORT"])) as line:
        clock = subprocess.Popen(
            [sys.executable, "manage.py", "clock", "--skip-checks"],
            cwd=ROOT,
            env=environment_with(DATABASE_URL=through(line), AWS_ENDPOINT_URL="http://127.0.0.1:9"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: state(closing) == CampaignState.LIVE, what="the clock runs")
            line.hang()
            time.sleep(HANGS_SECONDS)
            due = timezone.now()
            opening.placements.update(opens_at=due)
            closing.placements.update(closes_at=due)
            line.heal()
            wait_until(
                lambda: (
                    (state(opening), state(closing)) == (CampaignState.LIVE, CampaignState.CLOSED)
                ),
                what="both moved",
                seconds=BACK_SECONDS,
            )
        finally:
            os.kill(clock.pid, signal.SIGTERM)
            assert clock.wait(20) == 0, "it ends in order"
            connections.close_all()
    moves = AuditEntry.objects.filter(code__in=("campaign.live", "campaign.closed"))
    assert moves.count() == 3
