"""No entrant is left without an answer: what no queue, clock or person would move is named."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import PhotoCheck, Submission
from submissions.review.services.decisions import request_resubmission
from submissions.review.services.stranded import CLOCK_PATIENCE, stranded
from tests.campaigns.factories import make_user
from tests.security.two_clients import signed_in
from tests.submissions.factories import NOON, make_campaign, streamed
from tests.submissions.review.at_the_desk import make_submission
from tests.submissions.review.suspicious import entered

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


@pytest.mark.parametrize("status", SubmissionStatus)
def test_only_what_is_received_and_waits_for_no_photo_is_named(status: SubmissionStatus) -> None:
    campaign = make_campaign()
    entry = make_submission(campaign, status=SubmissionStatus.INVALID)
    more = {"resubmit_until": NOON} if status is SubmissionStatus.NEEDS_RESUBMISSION else {}
    Submission.objects.filter(pk=entry.pk).update(status=status, **more)
    named = [row.pk for row in stranded([campaign.pk], at=NOON)]
    assert named == ([entry.pk] if status is SubmissionStatus.RECEIVED else [])


def test_what_waits_for_its_photos_is_not_named_until_nothing_looks_for_them() -> None:
    campaign = make_campaign()
    record, _photo = entered(campaign, SubmissionStatus.APPROVED)
    mirror_stream_records([streamed(record)], at=NOON)
    assert Submission.objects.get().status == SubmissionStatus.RECEIVED
    assert not stranded([campaign.pk], at=NOON).exists()
    PhotoCheck.objects.all().delete()
    assert stranded([campaign.pk], at=NOON).exists()


def test_a_question_whose_deadline_the_clock_missed_is_named() -> None:
    campaign = make_campaign()
    entry = make_submission(campaign)
    reason = Reason(code=ReasonCode.ILLEGIBLE)
    asked = request_resubmission(entry.pk, reasons=[reason], actor=None, at=NOON)
    assert asked.resubmit_until
    late = asked.resubmit_until + CLOCK_PATIENCE
    assert not stranded([campaign.pk], at=late - timedelta(seconds=1)).exists()
    assert stranded([campaign.pk], at=late).exists()


def test_operations_names_them_to_their_own_client_alone() -> None:
    campaign = make_campaign()
    entry = make_submission(campaign, status=SubmissionStatus.RECEIVED)
    page = reverse("admin:operations")
    ours = signed_in(make_user((campaign.client, Role.OWNER))).get(page).content.decode()
    theirs = signed_in(make_user((make_campaign().client, Role.OWNER))).get(page).content.decode()
    assert "Entries that nothing moves" in ours
    assert entry.reference in ours
    assert "nothing moves" not in theirs
    assert entry.reference not in theirs
