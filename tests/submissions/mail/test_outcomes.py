"""The mail service's notices are believed if they know the secret, and change one mail."""

import base64
import json
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory

from campaignhub.mail_notices import MailNotices
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
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


def post_notice(kind: str, *, message_id: str = "0100-abc", secret: str = SECRET) -> int:
    """Post a notice as SNS does."""
    event = {
        "notificationType": kind,
        "mail": {"messageId": message_id, "destination": ["ada@example.com"]},
        kind.lower(): EVENTS[kind],
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


def test_a_notice_about_nothing_of_ours_is_taken_and_changes_nothing(mail):
    assert post_notice("Bounce", message_id="of somebody else") == 200
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_who_does_not_know_the_secret_is_not_believed(mail):
    with pytest.raises(SuspiciousOperation):  # Django answers 400
        post_notice("Bounce", secret="somebody:guessing")
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
