"""The mail service's notices are believed if they know the secret, and change one mail."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory
from django.utils import timezone

from campaignhub.mail_notices import MailNotices
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mail.services.delivery import deliver_mails
from submissions.review.admin.wording import history
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db
SECRET = "somebody:with-a-secret"
RECIPIENT = {"emailAddress": "ada@example.com"}
EVENTS: dict[str, dict[str, Any]] = {
    "Delivery": {"recipients": ["ada@example.com"]},
    "Bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [RECIPIENT],
    },
    "Complaint": {"complainedRecipients": [RECIPIENT]},
    "Open": {},
}


@pytest.fixture
def mail(settings) -> Mail:
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET}
    record = make_record(make_campaign())
    mirror_stream_records([streamed(record)], at=NOON)
    mail = Mail.objects.get(kind=MailKind.RECEIVED)
    Mail.objects.update(state=MailState.SENT, message_id="0100-abc", sent_at=NOON)
    return mail


def post_notice(
    kind: str, *, message_id: str = "0100-abc", secret: str = SECRET, **content: str
) -> int:
    """Post a notice as SNS does."""
    event = {
        "notificationType": kind,
        "mail": {"messageId": message_id, "destination": ["ada@example.com"]},
        kind.lower(): {**EVENTS[kind], **content},
    }
    notice = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:mails",
        "Timestamp": "2026-06-03T12:05:00.000Z",
        "Message": json.dumps(event),
    }
    request = RequestFactory().post(
        "/anymail/amazon_ses/tracking/",
        data=json.dumps(notice),
        content_type="text/plain; charset=UTF-8",
        headers={
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": "sns-1",
            "authorization": "Basic " + base64.b64encode(secret.encode()).decode(),
        },
    )
    return int(MailNotices.as_view()(request).status_code)


@pytest.mark.parametrize(
    "said", ["0001-01-01T00:00:00+00:00", "1583-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_a_notice_of_a_moment_that_cannot_be_is_one_of_now(mail, said):
    before = timezone.now()
    assert post_notice("Delivery", timestamp=said) == 200
    mail.refresh_from_db()
    assert mail.state == MailState.DELIVERED
    assert before <= mail.outcome_at <= timezone.now()


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("Delivery", "delivered"),
        ("Bounce", "bounced"),
        ("Complaint", "complained"),
        ("Open", "sent"),
    ],
)
def test_a_notice_says_what_became_of_the_mail(mail, kind, state):
    assert post_notice(kind) == 200
    assert post_notice(kind) == 200
    mail.refresh_from_db()
    assert mail.state == state


@pytest.mark.parametrize(
    ("kind", "part", "said"),
    [
        ("Transient", "General", "an absence note, or passing trouble"),
        ("Transient", "MailboxFull", "the mailbox is full"),
        ("Undetermined", "Undetermined", "an absence note, or passing trouble"),
    ],
)
def test_a_bounce_that_passes_keeps_the_address_and_stands_in_the_history_once(
    mail, kind, part, said
):
    for _ in range(2):
        assert post_notice("Bounce", bounceType=kind, bounceSubType=part) == 200
    mail.refresh_from_db()
    assert (mail.state, mail.trouble) == (MailState.SENT, said)
    (line,) = [words for _, words, _ in history(mail.submission) if "for now" in words]
    assert said in line
    another = Mail.objects.create(
        submission=mail.submission,
        campaign=mail.submission.campaign,
        kind=MailKind.APPROVED,
        event="under test",
        queued_at=NOON,
        not_before=NOON,
    )
    deliver_mails(at=NOON + timedelta(days=2), most=10)
    another.refresh_from_db()
    assert another.state == MailState.SENT
    assert post_notice("Bounce") == 200
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED, "in the end it was for good"


def test_a_passing_bounce_that_comes_late_says_nothing_about_what_was_delivered(mail):
    post_notice("Delivery")
    post_notice("Bounce", bounceType="Transient")
    mail.refresh_from_db()
    assert (mail.state, mail.trouble) == (MailState.DELIVERED, "")


def test_a_notice_about_nothing_of_ours_is_taken_and_changes_nothing(mail):
    assert post_notice("Bounce", message_id="of somebody else") == 200
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_who_does_not_know_the_secret_is_not_believed(mail):
    with pytest.raises(SuspiciousOperation):  # Django answers 400
        post_notice("Bounce", secret="somebody:guessing")
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
