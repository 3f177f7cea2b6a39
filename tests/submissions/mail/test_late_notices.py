"""What the mail service tells of an attempt after which its mail was sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.setup.models import Campaign
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import MailNotice, attempt_tag
from submissions.mail.services.by_hand import AddressNotWrittenTo, resend
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import SubmissionAnswers, SubmissionEvent
from tests.campaigns.factories import make_user
from tests.security.entrants import enter, said
from tests.submissions.factories import NOON
from tests.submissions.mail import mail_service as ses
from tests.submissions.mail.test_holds import A_MINUTE
from tests.submissions.mail.test_holds import _queue as queue
from tests.submissions.mail.test_holds import _quick_pace as _quick_pace
from tests.submissions.mail.test_holds import service as service

pytestmark = pytest.mark.django_db


def _sent_again(campaign: Campaign, service: ses.MailService, *, email: str = "") -> Mail:
    """Send the only mail, and have it sent again a day later, to ``email`` where its entrant corrected it."""
    deliver_mails(at=NOON, most=10)
    mail = Mail.objects.get()
    if email:
        answers = SubmissionAnswers.objects.get()
        answers.answers["email"] = answers.email = email
        answers.save()
    later = NOON + timedelta(days=1)
    resend(mail.pk, seen=1, actor=make_user(), at=later)
    service.answer = (200, {"MessageId": "0100-second"})
    return mail


LATE = [
    MailNotice("Complaint", "0100-test", part="abuse"),
    MailNotice("Bounce", "0100-test", part="Permanent"),
]


@pytest.mark.parametrize("told", LATE, ids=lambda told: told.event)
@pytest.mark.parametrize("after", [False, True], ids=["before it goes again", "after"])
def test_a_late_refusal_of_an_earlier_attempt_ends_its_mailbox_all_the_same(service, told, after):
    campaign = queue(1)
    mail = _sent_again(campaign, service)
    notice = replace(told, attempt=attempt_tag(mail.pk, NOON))
    later = NOON + timedelta(days=1)
    if after:
        assert deliver_mails(at=later, most=10) == 1
    assert note_notice(notice, at=later)
    assert not note_notice(notice, at=later), "twice is once"
    assert deliver_mails(at=later, most=10) == 0
    mail.refresh_from_db()
    assert mail.state == (MailState.SENT if after else MailState.SUPPRESSED)
    kind = {"Complaint": "mail_complained", "Bounce": "mail_bounced"}[told.event]
    line = SubmissionEvent.objects.get(kind=kind)
    assert line.dedupe.endswith(":1"), "of the first attempt"
    queue(1, campaign)
    assert deliver_mails(at=later + timedelta(hours=2), most=10) == 0
    assert Mail.objects.latest("id").state == MailState.SUPPRESSED
    with pytest.raises(AddressNotWrittenTo):
        resend(mail.pk, seen=2, actor=make_user(), at=later)


def test_it_ends_the_mailbox_that_complained_and_not_the_corrected_one(service):
    campaign = queue(1)
    mail = _sent_again(campaign, service, email="corrected@example.com")
    told = replace(LATE[0], attempt=attempt_tag(mail.pk, NOON))
    later = NOON + timedelta(days=1)
    assert deliver_mails(at=later, most=10) == 1
    assert note_notice(told, at=later)
    for email, state in (("a0@example.com", "suppressed"), ("corrected@example.com", "sent")):
        enter(campaign, answers=said(email=email))
        deliver_mails(at=later + timedelta(hours=2), most=10)
        assert Mail.objects.latest("id").state == state, email


def test_a_mailbox_that_bounced_stays_ended_when_its_mail_goes_to_a_corrected_one(service):
    campaign = queue(1)
    deliver_mails(at=NOON, most=10)
    note_notice(LATE[1], at=NOON)
    later = NOON + timedelta(days=1)
    _sent_again(campaign, service, email="corrected@example.com")
    assert deliver_mails(at=later, most=10) == 1
    queue(1, campaign)
    assert deliver_mails(at=later + timedelta(hours=2), most=10) == 0


def test_late_news_that_ends_no_mailbox_changes_nothing(service):
    campaign = queue(1)
    mail = _sent_again(campaign, service)
    deliver_mails(at=NOON + timedelta(days=1), most=10)
    first = attempt_tag(mail.pk, NOON)
    for notice in (
        MailNotice("Delivery", "0100-test", first),
        MailNotice("Bounce", "0100-test", first, part="Transient"),
        MailNotice("Complaint", "0100-test", attempt_tag(mail.pk, NOON - A_MINUTE), part="abuse"),
        MailNotice("Complaint", "0100-test", attempt_tag(mail.pk + 1, NOON), part="abuse"),
    ):
        assert not note_notice(notice, at=NOON + timedelta(days=1)), notice
    mail.refresh_from_db()
    assert (mail.state, mail.suppressed_hash) == (MailState.SENT, "")
