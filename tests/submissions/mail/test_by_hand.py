"""A person sends a mail again: once a press, and never to who must not get it."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MOST_A_DAY, RESENDABLE, MailKind, MailState
from submissions.mail.services.by_hand import (
    AddressNotWrittenTo,
    MailIsUnderWay,
    MailNoLongerTrue,
    MailOverLimit,
    MailSentMeanwhile,
    resend,
)
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import Submission, SubmissionAnswers, SubmissionEvent
from submissions.review.services.decisions import approve_submission, request_resubmission
from tests.campaigns.factories import make_user
from tests.security.entrants import add_mail, enter
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.mail.test_delivery import BOUNCE, COMPLAINT
from tests.submissions.mail.test_delivery import service as service
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def _sent(**record: object) -> Mail:
    submission = enter(make_campaign(), **record)
    deliver_mails(at=NOON, most=10)
    return Mail.objects.get(submission=submission)


def _again(mail: Mail, *, minutes: int = 1) -> Mail:
    mail.refresh_from_db()
    return resend(mail.pk, seen=mail.tries, actor=make_user(), at=NOON + minutes * MINUTE)


def test_a_mail_that_arrived_is_sent_again_and_both_copies_are_kept():
    mail = _sent()
    Mail.objects.update(state=MailState.DELIVERED)
    _again(mail)
    assert deliver_mails(at=NOON + MINUTE, most=10) == 1
    assert len(outbox.outbox) == 2
    mail.refresh_from_db()
    assert (mail.state, mail.copies.count()) == (MailState.SENT, 2)
    kinds = list(SubmissionEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["mailed", "mail_sent_again", "mailed"]
    assert AuditEntry.objects.get(code="mail.sent_again").before == {"state": "delivered"}


def test_a_second_press_sends_nothing_before_and_after_the_first_went_out():
    mail = _sent()
    press = partial(resend, mail.pk, seen=1, actor=make_user(), at=NOON + MINUTE)
    press()
    with pytest.raises(MailIsUnderWay):
        press()
    deliver_mails(at=NOON + MINUTE, most=10)
    with pytest.raises(MailSentMeanwhile):
        press()
    assert len(outbox.outbox) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_send_one_mail():
    mail, actors = _sent(), [make_user(), make_user()]
    done = at_once(
        *(partial(resend, mail.pk, seen=1, actor=actor, at=NOON + MINUTE) for actor in actors)
    )
    assert sorted(type(one).__name__ for one in done) == ["Mail", "MailIsUnderWay"]
    assert deliver_mails(at=NOON + MINUTE, most=10) == 1


@pytest.mark.parametrize(
    ("told", "outcome"), [(BOUNCE, MailState.BOUNCED), (COMPLAINT, MailState.COMPLAINED)]
)
def test_nothing_goes_to_an_address_that_sent_a_mail_back(service, told, outcome):
    mail = _sent()
    note_notice(told, at=NOON)
    with pytest.raises(AddressNotWrittenTo, match="Contact the entrant another way"):
        _again(mail)
    mail.refresh_from_db()
    assert mail.state == outcome, "a refusal changes nothing"


def test_another_mail_to_an_address_that_sent_one_back_is_refused_too(service):
    mail = _sent()
    other = add_mail(mail.submission, MailKind.RECEIVED, state=MailState.SUPPRESSED)
    note_notice(COMPLAINT, at=NOON)
    with pytest.raises(AddressNotWrittenTo):
        _again(other)


def test_what_came_back_goes_to_an_address_that_was_put_right(service):
    mail = _sent()
    note_notice(BOUNCE, at=NOON)
    SubmissionAnswers.objects.update(email="ada.l@example.com")
    _again(mail)
    assert deliver_mails(at=NOON + MINUTE, most=10) == 1


def test_of_an_erased_person_nothing_is_sent_again():
    mail = _sent()
    SubmissionAnswers.objects.all().delete()
    with pytest.raises(AddressNotWrittenTo, match="no e-mail address"):
        _again(mail)


def test_what_a_decision_has_overtaken_is_not_sent_again():
    mail = _sent()
    approve_submission(mail.submission_id, actor=make_user(), at=NOON)
    with pytest.raises(MailNoLongerTrue):
        _again(mail)


def test_a_question_that_was_answered_is_not_sent_again():
    submission = enter(make_campaign())
    illegible = Reason(code=ReasonCode.ILLEGIBLE)
    request_resubmission(submission.pk, reasons=[illegible], actor=make_user(), at=NOON)
    submission.refresh_from_db()
    mail = add_mail(submission, MailKind.ASKED_AGAIN, state=MailState.SENT)
    Submission.objects.update(status=SubmissionStatus.PENDING_REVIEW)
    with pytest.raises(MailNoLongerTrue):
        _again(mail)


def test_by_hand_too_an_address_gets_five_mails_a_day():
    mail = _sent()
    for minutes in range(1, MOST_A_DAY):
        _again(mail, minutes=minutes)
        assert deliver_mails(at=NOON + minutes * MINUTE, most=10) == 1
    with pytest.raises(MailOverLimit):
        _again(mail, minutes=MOST_A_DAY)
    _again(mail, minutes=24 * 60 + MOST_A_DAY)


@pytest.mark.parametrize("state", sorted(set(MailState) - RESENDABLE))
def test_no_other_state_is_sent_again(state):
    mail = _sent()
    Mail.objects.update(state=state)
    with pytest.raises((MailIsUnderWay, MailOverLimit, MailNoLongerTrue)):
        _again(mail)


# ---------------------------------------------------------------- on the page of the entry


def _browser(mail: Mail, role: Role) -> Browser:
    browser = Browser()
    browser.force_login(make_user((mail.campaign.client, role)))
    return browser


def test_the_entry_s_page_lists_its_mails_and_sends_one_again_there():
    mail = _sent()
    browser = _browser(mail, Role.CAMPAIGN_MANAGER)
    entry = reverse("admin:submissions_submission_change", args=[mail.submission_id])
    page = browser.get(entry).content.decode()
    assert "Send it now" in page
    assert "ada@example.com once more" in page
    act = reverse("admin:mail_mail_act", args=[mail.pk])
    after = browser.post(act, {"act": "again", "seen": "1", "entry": "1"}, follow=True)
    assert after.redirect_chain[-1][0] == entry
    assert "is queued again" in after.content.decode()
    again = browser.post(act, {"act": "again", "seen": "1", "entry": "1"}, follow=True)
    assert "already waiting to be sent" in again.content.decode()


def test_a_moderator_sees_the_mails_of_an_entry_and_cannot_send():
    mail = _sent()
    browser = _browser(mail, Role.MODERATOR)
    entry = reverse("admin:submissions_submission_change", args=[mail.submission_id])
    page = browser.get(entry).content.decode()
    assert reverse("admin:mail_mail_read", args=[mail.pk]) in page
    assert "Send it now" not in page
    act = reverse("admin:mail_mail_act", args=[mail.pk])
    assert browser.post(act, {"act": "again", "seen": "1"}).status_code == 404


def test_a_reminder_that_waits_for_its_day_does_not_look_stuck():
    mail = _sent()
    day = timezone.now() + timedelta(days=6, hours=1)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.QUEUED, not_before=day, sent_at=None)
    browser = _browser(mail, Role.OWNER)
    entry = browser.get(reverse("admin:submissions_submission_change", args=[mail.submission_id]))
    assert "Scheduled" in entry.content.decode()
    assert "in 6 days" in browser.get(reverse("admin:mail_mail_changelist")).content.decode()
    Mail.objects.filter(pk=mail.pk).update(not_before=timezone.now())
    entry = browser.get(reverse("admin:submissions_submission_change", args=[mail.submission_id]))
    assert "Scheduled" not in entry.content.decode()
    Mail.objects.filter(pk=mail.pk).update(not_before=day, kind=MailKind.REMINDER, decision_no=0)
    entry = browser.get(reverse("admin:submissions_submission_change", args=[mail.submission_id]))
    assert "No longer needed" in entry.content.decode(), "nothing is asked for"
    assert "in 6 days" not in browser.get(reverse("admin:mail_mail_changelist")).content.decode()


@pytest.mark.parametrize("seen", ["", "-1", "one", "9" * 30])
def test_a_press_that_no_page_of_ours_offered_sends_nothing(seen):
    mail = _sent()
    act = reverse("admin:mail_mail_act", args=[mail.pk])
    _browser(mail, Role.OWNER).post(act, {"act": "again", "seen": seen})
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_mailbox_gets_five_a_day_of_several_mails_that_are_sent_again_and_again():
    campaign = make_campaign()
    for hours in (0, 2):
        enter(campaign)
        deliver_mails(at=NOON + timedelta(hours=hours), most=10)
    mails = list(Mail.objects.all())
    for minutes in range(180, 200, 2):
        for number, mail in enumerate(mails):
            with suppress(MailOverLimit):
                _again(mail, minutes=minutes + number)
            deliver_mails(at=NOON + (minutes + number) * MINUTE, most=10)
    assert len(outbox.outbox) == MOST_A_DAY
    tomorrow = 27 * 60
    _again(mails[0], minutes=tomorrow)
    assert deliver_mails(at=NOON + tomorrow * MINUTE, most=10) == 1
