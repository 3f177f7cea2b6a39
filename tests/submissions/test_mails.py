"""A mail goes out once, and where nobody can know, it says so."""

from datetime import timedelta

import pytest
from django.core import mail as sent_mail

from submissions.models import Mail
from submissions.rules.mails import MailState
from submissions.services.mails import LEASE, MOST_A_DAY, deliver_mails
from submissions.services.mirror import mirror_stream_records
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db


def _queue(count: int = 1) -> None:
    campaign = make_campaign()
    mirror_stream_records([streamed(make_record(campaign)) for _ in range(count)], at=NOON)


def test_a_mail_is_sent_once_in_text_and_html_and_its_fate_is_noted():
    _queue()
    assert deliver_mails(at=NOON, most=10) == 1
    assert deliver_mails(at=NOON, most=10) == 0
    (message,) = sent_mail.outbox
    assert message.to == ["ada@example.com"]
    assert Mail.objects.get().submission.reference in message.subject
    assert "/status/#" in message.body
    assert Mail.objects.get().state == MailState.SENT


def test_a_crash_between_sending_and_noting_is_shown_and_never_sent_again():
    _queue()
    Mail.objects.update(state=MailState.SENDING, leased_until=NOON + LEASE)
    deliver_mails(at=NOON + timedelta(seconds=1), most=10)
    assert Mail.objects.get().state == MailState.SENDING
    deliver_mails(at=NOON + LEASE + timedelta(seconds=1), most=10)
    assert Mail.objects.get().state == MailState.UNKNOWN
    assert sent_mail.outbox == []


def test_one_address_gets_no_more_than_five_a_day_from_a_campaign():
    from django.utils import timezone

    _queue(MOST_A_DAY + 1)
    assert deliver_mails(at=timezone.now(), most=20) == MOST_A_DAY
    assert Mail.objects.filter(state=MailState.SUPPRESSED).count() == 1
