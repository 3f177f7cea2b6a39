"""Mails and decisions of one campaign wait behind no other's backlog, and little is read to see to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mirror.models import Submission
from submissions.mirror.services.by_campaign import in_turn
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import approve_submission
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, make_stored, streamed

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]

SECOND = timedelta(seconds=1)


def enter(campaign: Campaign, many: int) -> list[Submission]:
    records = [make_record(campaign) for _ in range(many)]
    mirror_stream_records([streamed(record) for record in records], at=NOON)
    return list(Submission.objects.filter(pk__in=[record.id for record in records]))


def queue_mails(campaign: Campaign, many: int, *, at: datetime = NOON) -> None:
    (submission,) = enter(campaign, 1)
    Mail.objects.filter(submission=submission).delete()
    Mail.objects.bulk_create(
        Mail(
            submission=submission,
            campaign=campaign,
            kind=MailKind.APPROVED,
            event=f"approved:{number}",
            queued_at=at,
            not_before=at,
        )
        for number in range(many)
    )


def mails_in_turn(at: datetime, most: int) -> list[Any]:
    found = in_turn(
        Mail.objects.filter(state=MailState.QUEUED),
        due=Q(not_before__lte=at),
        order=("not_before", "id"),
        most=most,
    )
    return [campaign for _pk, campaign in found]


def test_every_campaign_has_a_turn_before_one_has_its_second() -> None:
    flood, quiet, other = make_campaign(), make_campaign(), make_campaign()
    queue_mails(flood, 30)
    queue_mails(quiet, 2, at=NOON + SECOND)
    queue_mails(other, 1, at=NOON + 2 * SECOND)
    found = mails_in_turn(NOON + 3 * SECOND, most=8)
    assert found[:3] == [flood.pk, quiet.pk, other.pk], "the longest waiting begins"
    assert found[3:] == [flood.pk, quiet.pk, flood.pk, flood.pk, flood.pk]


def test_with_fewer_places_than_campaigns_the_longest_waiting_are_served() -> None:
    campaigns = [make_campaign() for _ in range(5)]
    for number, campaign in enumerate(campaigns):
        queue_mails(campaign, 3, at=NOON - number * SECOND)
    assert mails_in_turn(NOON, most=2) == [campaigns[4].pk, campaigns[3].pk]


def test_what_is_not_due_yet_takes_no_turn() -> None:
    later, now = make_campaign(), make_campaign()
    queue_mails(later, 5, at=NOON + SECOND)
    queue_mails(now, 1)
    assert mails_in_turn(NOON, most=10) == [now.pk]


def test_a_backlog_adds_no_query_and_is_read_through_an_index() -> None:
    campaigns = [make_campaign() for _ in range(3)]
    for campaign, many in zip(campaigns, (200, 1, 1), strict=True):
        queue_mails(campaign, many)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(mails_in_turn(NOON, most=6)) == 6
    assert len(queries) == 2 * len(campaigns) + 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = " ".join(str(line[3]) for line in cursor.fetchall())
                assert "mail_in_turn" in plan
                assert "TEMP B-TREE" not in plan


def test_what_waits_carries_the_campaign_of_its_submission() -> None:
    campaign = make_campaign()
    enter(campaign, 2)
    assert {mail.campaign_id for mail in Mail.objects.all()} == {campaign.pk}


@pytest.mark.usefixtures("queues")
def test_decisions_of_a_quiet_campaign_are_carried_in_the_first_round() -> None:
    actor = make_user()
    flood, quiet = make_campaign(), make_campaign()
    for campaign in (flood, flood, flood, quiet):
        approve_submission(make_stored(campaign).id, actor=actor, at=NOON)
    assert propagate_decisions(at=NOON, most=2) == 2
    carried = OutboxDecision.objects.filter(carried_at=NOON)
    assert {row.campaign_id for row in carried} == {flood.pk, quiet.pk}
    assert propagate_decisions(at=NOON, most=9) == 2
