"""A mail goes out once, and where nobody can know, it says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail as sent_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from campaigns.accounts.models import AuditEntry
from ingest_lambda.contract import Mode, Reason, ReasonCode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail import tasks
from submissions.mail.models import Mail
from submissions.mail.rules.mails import (
    A_DAY,
    AN_HOUR,
    MOST_A_DAY,
    REMIND_BEFORE,
    MailKind,
    MailState,
)
from submissions.mail.rules.notices import MailNotice
from submissions.mail.rules.refusals import FIRST_WAIT
from submissions.mail.services import delivery
from submissions.mail.services.by_hand import MailSentMeanwhile, resend
from submissions.mail.services.delivery import LEASE, deliver_mails
from submissions.mail.services.outcomes import note_notice
from submissions.mirror.models import Submission, SubmissionAnswers, SubmissionEvent
from submissions.review.services.deciding import undo_time
from submissions.review.services.decisions import approve_submission, request_resubmission
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed
from tests.submissions.mail import mail_service as ses

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    from campaignhub.env import env

    monkeypatch.setattr(env(), "mails_per_second", 1000.0)


@pytest.fixture
def service(settings) -> Iterator[ses.MailService]:
    """Send through Anymail and the SDK to a service that answers as the test wants."""
    with ses.mail_service() as service:
        settings.EMAIL_BACKEND = "campaignhub.mail_backend.EmailBackend"
        parameters = settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"]
        settings.ANYMAIL = {
            "AMAZON_SES_CLIENT_PARAMS": {
                **parameters,
                "endpoint_url": service.url,
                "aws_access_key_id": "x",
                "aws_secret_access_key": "x",
                "config": {**parameters["config"], "read_timeout": 0.5},
            }
        }
        yield service


def _queue(count: int = 1, **record: object) -> Mail:
    campaign = make_campaign()
    mirror_stream_records(
        [streamed(make_record(campaign, **record)) for _ in range(count)], at=NOON
    )
    return Mail.objects.earliest("id")


def test_a_mail_is_sent_once_in_text_and_html_and_its_fate_is_noted():
    _queue()
    assert deliver_mails(at=NOON, most=10) == 1
    assert deliver_mails(at=NOON, most=10) == 0
    (message,) = sent_mail.outbox
    assert message.to == ["ada@example.com"]
    mail = Mail.objects.get()
    assert mail.submission.reference in message.subject
    assert "/status/#" in message.body
    assert (mail.state, mail.sent_at) == (MailState.SENT, NOON)
    assert SubmissionEvent.objects.filter(kind="mailed").count() == 1


def test_a_round_behind_a_slow_service_ends_between_two_mails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = make_campaign()
    people = [make_record(campaign, answers={"email": f"a{n}@example.com"}) for n in range(3)]
    mirror_stream_records([streamed(record) for record in people], at=NOON)
    monkeypatch.setattr(delivery, "ROUND_SECONDS", 0)
    for left in (2, 1, 0):
        assert deliver_mails(at=NOON, most=10) == 1
        assert Mail.objects.filter(state=MailState.QUEUED).count() == left
    assert not Mail.objects.filter(state=MailState.SENDING).exists()


@pytest.mark.parametrize(("again_seconds", "left"), [(60, 0), (0, 2)])
def test_a_full_round_is_followed_by_another_at_once_as_long_as_there_is_time(
    monkeypatch: pytest.MonkeyPatch, again_seconds: int, left: int
) -> None:
    campaign = make_campaign()
    people = [make_record(campaign, answers={"email": f"a{n}@example.com"}) for n in range(4)]
    mirror_stream_records([streamed(record) for record in people], at=NOON)
    monkeypatch.setattr(tasks, "ROUND_SECONDS", 0.002)  # two mails, at a thousand a second
    monkeypatch.setattr(tasks, "AGAIN_SECONDS", again_seconds)
    tasks.deliver_mails()
    assert Mail.objects.filter(state=MailState.QUEUED).count() == left
    assert len(sent_mail.outbox) == 4 - left


def test_a_crash_between_sending_and_noting_is_shown_and_never_sent_again():
    _queue()
    Mail.objects.update(state=MailState.SENDING, leased_until=NOON + LEASE)
    deliver_mails(at=NOON + timedelta(seconds=1), most=10)
    assert Mail.objects.get().state == MailState.SENDING
    deliver_mails(at=NOON + LEASE + timedelta(seconds=1), most=10)
    assert Mail.objects.get().state == MailState.UNKNOWN
    assert SubmissionEvent.objects.filter(kind="mail_unknown").count() == 1
    assert sent_mail.outbox == []


@pytest.mark.parametrize("answer", [ses.SILENCE, ses.HANGS_UP, ses.BROKEN], ids=str)
def test_what_may_have_been_sent_is_unknown_and_never_sent_again_by_itself(service, answer):
    _queue()
    service.answer = answer
    assert deliver_mails(at=NOON, most=10) == 0
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + timedelta(days=1), most=10) == 0
    assert Mail.objects.get().state == MailState.UNKNOWN
    assert len(service.taken) == 1, "the SDK tries once only"


@pytest.mark.parametrize("answer", [ses.THROTTLED, ses.BUSY], ids=str)
def test_what_was_certainly_not_sent_is_tried_again_later(service, answer):
    _queue()
    service.answer = answer
    assert deliver_mails(at=NOON, most=10) == 0
    waiting = Mail.objects.get()
    assert (waiting.state, waiting.trouble) == (MailState.QUEUED, answer[1]["__type"])
    assert waiting.not_before > NOON
    service.answer = ses.SENT
    assert deliver_mails(at=NOON, most=10) == 0
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 1
    assert Mail.objects.get().message_id == "0100-test"


def test_a_refused_mail_has_failed_and_its_trouble_names_no_address(service):
    _queue()
    service.answer = ses.REJECTED
    assert deliver_mails(at=NOON, most=10) == 0
    mail = Mail.objects.get()
    assert (mail.state, mail.trouble) == (MailState.FAILED, "MessageRejected")
    assert not SubmissionEvent.objects.filter(detail__icontains="ada@").exists()


def test_a_mail_that_cannot_be_written_fails_alone():
    _queue(2)
    broken = Mail.objects.earliest("id")
    Mail.objects.filter(pk=broken.pk).update(not_before=NOON - MINUTE)
    Submission.objects.filter(pk=broken.submission_id).update(started_at=NOON, release=0)
    with pytest.raises(ValueError, match="release"):
        deliver_mails(at=NOON, most=10)
    assert deliver_mails(at=NOON, most=10) == 1
    broken.refresh_from_db()
    assert broken.state == MailState.FAILED


def test_one_address_gets_no_more_than_five_a_day_from_a_campaign():
    _queue(MOST_A_DAY + 2)
    for hour, mail in enumerate(Mail.objects.order_by("id")):
        Mail.objects.filter(pk=mail.pk).update(not_before=NOON + hour * AN_HOUR)
    for hour in range(MOST_A_DAY + 1):
        assert deliver_mails(at=NOON + hour * AN_HOUR, most=20) == (hour < MOST_A_DAY)
    kept = Mail.objects.get(state=MailState.NOT_SENT)
    assert kept.trouble == "five a day"
    # Another campaign counts for itself; so does another spelling that means the same person.
    other = make_record(make_campaign(), answers={"email": "Ada@Example.com"})
    mirror_stream_records([streamed(other)], at=NOON)
    assert deliver_mails(at=NOON + 5 * AN_HOUR, most=20) == 1
    assert deliver_mails(at=NOON + A_DAY + AN_HOUR, most=20) == 1, "the first has left the window"


@pytest.mark.parametrize(
    "email", ["", "not an address", "a@example.com, b@example.com", "x@example.com\nBcc: y@e.com"]
)
def test_nothing_goes_to_what_is_no_single_address(email):
    _queue(answers={"email": email})
    assert deliver_mails(at=NOON, most=10) == 0
    assert Mail.objects.get().state == MailState.SUPPRESSED
    assert sent_mail.outbox == []


def test_an_erased_person_gets_no_mail():
    _queue()
    SubmissionAnswers.objects.all().delete()
    assert deliver_mails(at=NOON, most=10) == 0
    assert Mail.objects.get().state == MailState.SUPPRESSED


def test_a_test_submission_gets_its_mail_marked_as_a_test():
    _queue(mode=Mode.TEST)
    assert deliver_mails(at=NOON, most=10) == 1
    assert sent_mail.outbox[0].subject.startswith("[TEST] ")


def test_a_reminder_that_was_answered_is_withdrawn():
    record = make_record(make_campaign())
    mirror_stream_records([streamed(record)], at=NOON)
    asked = request_resubmission(
        record.id, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=make_user(), at=NOON
    )
    assert asked.resubmit_until is not None
    due = asked.resubmit_until - REMIND_BEFORE
    reminder = Mail.objects.create(
        submission=asked,
        campaign=asked.campaign,
        kind=MailKind.REMINDER,
        event="reminder:1",
        decision_no=1,
        queued_at=NOON,
        not_before=due,
    )
    answer = record.model_copy(update={"attempt": 2, "version": 2})
    mirror_stream_records([streamed(answer)], at=NOON + MINUTE)
    deliver_mails(at=due, most=10)
    reminder.refresh_from_db()
    assert reminder.state == MailState.WITHDRAWN


def test_a_mail_about_a_verdict_that_was_replaced_does_not_go_out():
    campaign = make_campaign()
    record = make_record(campaign, status=SubmissionStatus.PENDING_REVIEW)
    mirror_stream_records([streamed(record)], at=NOON)
    approve_submission(record.id, actor=make_user(), at=NOON)
    mail = Mail.objects.create(
        submission_id=record.id,
        campaign=campaign,
        kind=MailKind.APPROVED,
        event="approved:1",
        decision_no=1,
        queued_at=NOON,
        not_before=NOON + undo_time(),
    )
    Submission.objects.update(decision_no=2)
    deliver_mails(at=NOON + undo_time(), most=10)
    mail.refresh_from_db()
    assert mail.state == MailState.WITHDRAWN


# ---------------------------------------------------------------- what became of it


DELIVERY, BOUNCE, COMPLAINT = (
    MailNotice("Delivery", "0100-test"),
    MailNotice("Bounce", "0100-test", part="Permanent", sub_part="General"),
    MailNotice("Complaint", "0100-test", part="abuse"),
)


@pytest.mark.parametrize(
    ("heard", "ends"),
    [
        ([DELIVERY], "delivered"),
        ([DELIVERY, BOUNCE], "bounced"),
        ([BOUNCE, DELIVERY], "bounced"),
        ([COMPLAINT, BOUNCE, DELIVERY], "complained"),
        ([DELIVERY, DELIVERY], "delivered"),
    ],
)
def test_word_of_a_mails_fate_may_come_twice_and_in_any_order(service, heard, ends):
    _queue()
    deliver_mails(at=NOON, most=10)
    for notice in heard:
        note_notice(notice, at=NOON + MINUTE)
    assert Mail.objects.get().state == ends
    assert SubmissionEvent.objects.filter(kind=f"mail_{ends}").count() == 1


def test_the_fate_of_a_mail_that_is_not_ours_is_no_news():
    _queue()
    for message_id in ("unknown", ""):
        assert not note_notice(MailNotice("Delivery", message_id), at=NOON)


def test_an_address_that_bounced_is_not_written_to_again(service):
    _queue(2)
    deliver_mails(at=NOON, most=1)
    note_notice(BOUNCE, at=NOON)
    assert deliver_mails(at=NOON, most=10) == 0
    assert Mail.objects.filter(state=MailState.SUPPRESSED).count() == 1


def test_staff_may_send_again_what_nobody_knows_of_and_it_is_logged():
    mail = _queue()
    Mail.objects.update(state=MailState.UNKNOWN)
    resend(mail.pk, seen=0, actor=make_user(), at=NOON)
    line = AuditEntry.objects.get(code="mail.sent_again")
    assert line.after == {"state": "queued", "mail": "received"}
    assert deliver_mails(at=NOON, most=10) == 1
    with pytest.raises(MailSentMeanwhile):
        resend(mail.pk, seen=0, actor=make_user(), at=NOON)


def test_a_slow_service_leases_each_mail_from_its_own_beginning(monkeypatch):
    """Or the next round would take what is being sent for interrupted, and it would go twice."""
    campaign = make_campaign()
    people = [make_record(campaign, answers={"email": f"a{n}@example.com"}) for n in range(2)]
    mirror_stream_records([streamed(record) for record in people], at=NOON)
    clock, send = [0.0], EmailBackend.send_messages
    monkeypatch.setattr(delivery, "ROUND_SECONDS", 1000)
    monkeypatch.setattr("submissions.mail.services.delivery.time.monotonic", lambda: clock[0])

    def slow(backend, messages):
        clock[0] += 130
        monkeypatch.setattr(EmailBackend, "send_messages", send)
        for begun in (20, 140):  # other workers' rounds, while this mail is on its way
            deliver_mails(at=NOON + timedelta(seconds=begun), most=0)
        monkeypatch.setattr(EmailBackend, "send_messages", slow)
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    assert deliver_mails(at=NOON, most=10) == 2
    assert {mail.state for mail in Mail.objects.all()} == {MailState.SENT}


def test_a_round_leaves_alone_what_another_has_sent_since_it_began(monkeypatch):
    """A task may be delivered twice: both rounds find the same mails due."""
    campaign = make_campaign()
    people = [make_record(campaign, answers={"email": f"a{n}@example.com"}) for n in range(2)]
    mirror_stream_records([streamed(record) for record in people], at=NOON)
    send = EmailBackend.send_messages

    def overtaken(backend, messages):
        monkeypatch.setattr(EmailBackend, "send_messages", send)
        assert deliver_mails(at=NOON, most=10) == 1, "the other round sends the second mail"
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", overtaken)
    assert deliver_mails(at=NOON, most=10) == 1
    sent = sorted(address for message in sent_mail.outbox for address in message.to)
    assert sent == ["a0@example.com", "a1@example.com"]
    assert list(Mail.objects.values_list("tries", flat=True)) == [1, 1]


def test_what_its_sender_has_just_noted_is_not_given_up(monkeypatch):
    mirror_stream_records([streamed(make_record(make_campaign()))], at=NOON)
    Mail.objects.update(state=MailState.SENDING, leased_until=NOON, tries=1)
    atomic = transaction.atomic

    def noted_first(*args, **kwargs):
        Mail.objects.update(state=MailState.SENT, leased_until=None, message_id="m-1")
        return atomic(*args, **kwargs)

    monkeypatch.setattr("submissions.mail.services.delivery.transaction.atomic", noted_first)
    delivery._give_up_on_the_interrupted(NOON + timedelta(minutes=1))
    mail = Mail.objects.get()
    assert (mail.state, mail.message_id) == (MailState.SENT, "m-1")
