"""Where the mail service takes nothing, mails wait: none loses a try, and one tries again until it is taken."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from anymail.backends.amazon_ses import EmailBackend

from campaignhub.env import env
from campaigns.accounts.models import AuditEntry
from campaigns.setup.models import Campaign
from submissions.mail.models import Mail, MailCopy, SendingHold
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import MailNotice, attempt_tag
from submissions.mail.rules.refusals import FIRST_WAIT, Hold
from submissions.mail.services import delivery, holds
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.holds import UNTRIED, Gate, NothingHeld, try_now
from submissions.mail.services.outcomes import note_notice
from submissions.mail.services.pace import PACE, SLOWEST, Pace
from tests.campaigns.factories import make_user
from tests.security.entrants import enter, said
from tests.security.sending import assign
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.mail import mail_service as ses
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)
OURS = "hello@campaignhub.example"


@pytest.fixture(autouse=True)
def _quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env(), "mails_per_second", 1000.0)
    monkeypatch.setattr(PACE, "_share", 1.0)


@pytest.fixture
def service(settings: Any) -> Iterator[ses.MailService]:
    """Send to a service of this machine, which answers as the test wants."""
    with ses.mail_service() as service:
        settings.EMAIL_BACKEND = "campaignhub.mail_backend.EmailBackend"
        settings.ANYMAIL = {
            "AMAZON_SES_CLIENT_PARAMS": {
                **settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"],
                "endpoint_url": service.url,
                "aws_access_key_id": "x",
                "aws_secret_access_key": "x",
            }
        }
        yield service


def _queue(count: int, campaign: Campaign | None = None) -> Campaign:
    campaign = campaign or make_campaign()
    for number in range(count):
        enter(campaign, answers=said(email=f"a{number}@example.com"))
    return campaign


def _states() -> list[tuple[str, int]]:
    return list(Mail.objects.order_by("id").values_list("state", "tries"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ses.OVER_QUOTA, Hold.DAILY_QUOTA),
        (ses.PAUSED, Hold.PAUSED),
        (ses.IN_THE_SANDBOX, Hold.SANDBOX),
        (ses.BUSY, Hold.UNREACHABLE),
    ],
    ids=["over quota", "paused", "in the sandbox", "unavailable"],
)
@pytest.mark.dialects
def test_a_refusal_of_the_account_holds_every_mail_and_costs_none_a_try(service, answer, reason):
    _queue(3)
    service.answer = answer
    assert deliver_mails(at=NOON, most=10) == 0
    assert len(service.taken) == 1, "the others would fare no better"
    assert _states() == [("queued", 0)] * 3
    hold = SendingHold.objects.get()
    assert (hold.scope, hold.reason, hold.since) == ("", reason, NOON)
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + FIRST_WAIT / 2, most=10) == 0
    assert len(service.taken) == 1, "its try is not due"


def test_a_try_that_is_taken_lets_all_others_follow_in_the_same_round(service):
    _queue(3)
    service.answer = ses.PAUSED
    deliver_mails(at=NOON, most=10)
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 3
    assert not SendingHold.objects.exists()
    assert _states() == [("sent", 1)] * 3


def test_tries_are_refused_one_at_a_time_with_other_mails_and_further_apart(service):
    _queue(3)
    service.answer = ses.OVER_QUOTA
    at, tried_at = NOON, []
    while at < NOON + timedelta(hours=1):
        before = len(service.taken)
        deliver_mails(at=at, most=10)
        if len(service.taken) > before:
            assert len(service.taken) == before + 1
            tried_at.append((at - NOON) // A_MINUTE)
        at += A_MINUTE / 2
    assert tried_at == [0, 1, 3, 7, 15, 30, 45]
    assert _states() == [("queued", 0)] * 3
    to = {bytes(body).split(b'"ToAddresses"')[1][:40] for body in service.taken[:3]}
    assert len(to) == 3, "a mail that waits for something else keeps nobody from finding out"
    assert SendingHold.objects.get().since == NOON


def test_a_worker_that_dies_with_the_try_leaves_a_hold_that_tries_again(service, monkeypatch):
    _queue(2)
    service.answer = ses.PAUSED
    deliver_mails(at=NOON, most=10)

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_send", killed)
        with pytest.raises(SystemExit):
            deliver_mails(at=NOON + FIRST_WAIT, most=10)
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 0, "one try at a time"
    assert deliver_mails(at=NOON + 4 * FIRST_WAIT, most=10) == 1
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["sent", "unknown"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_workers_at_once_one_takes_the_try(service):
    _queue(8)
    service.answer = ses.OVER_QUOTA
    deliver_mails(at=NOON, most=1)
    before = len(service.taken)
    at_once(*[lambda: deliver_mails(at=NOON + FIRST_WAIT, most=2)] * 4)
    assert len(service.taken) == before + 1
    assert _states() == [("queued", 0)] * 8
    assert SendingHold.objects.get().attempts == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_workers_that_are_refused_at_once_make_one_hold(service):
    _queue(8)
    service.answer = ses.BUSY
    at_once(*[lambda: deliver_mails(at=NOON, most=2)] * 4)
    assert SendingHold.objects.count() == 1
    assert _states() == [("queued", 0)] * 8


def test_a_try_that_says_nothing_of_the_account_does_not_end_the_hold(service):
    _queue(2)
    service.answer = ses.PAUSED
    deliver_mails(at=NOON, most=10)
    service.answer = ses.REJECTED
    deliver_mails(at=NOON + FIRST_WAIT, most=10)
    assert SendingHold.objects.get().attempts == 1
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["failed", "queued"]


def test_mails_that_may_not_go_out_take_no_try(service):
    campaign = _queue(3)
    service.answer = ses.PAUSED
    deliver_mails(at=NOON, most=10)
    enter(campaign, answers=said(email="no address"))
    Mail.objects.filter(submission__personal__email="no address").update(not_before=NOON - A_MINUTE)
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 3


def test_a_refusal_of_one_address_stays_that_mail_s(service):
    _queue(2)
    service.answer = ses.REJECTED
    deliver_mails(at=NOON, most=10)
    assert not SendingHold.objects.exists()
    assert _states() == [("failed", 1)] * 2


# ---------------------------------------------------------------- an outage


def test_an_outage_of_days_costs_no_mail_a_try_and_all_go_out_once_it_is_over(service, settings):
    _queue(3)
    parameters = settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"]
    away = {"AMAZON_SES_CLIENT_PARAMS": {**parameters, "endpoint_url": "http://127.0.0.1:1"}}
    there, settings.ANYMAIL = settings.ANYMAIL, away
    at, end = NOON, NOON + timedelta(days=2)
    while at < end:
        assert deliver_mails(at=at, most=10) == 0
        assert _states() == [("queued", 0)] * 3
        at = SendingHold.objects.get().next_attempt_at
    hold = SendingHold.objects.get()
    assert (hold.scope, hold.reason, hold.since) == ("", Hold.UNREACHABLE, NOON)
    settings.ANYMAIL = there
    assert deliver_mails(at=at, most=10) == 3
    assert _states() == [("sent", 1)] * 3
    assert not MailCopy.objects.exclude(number=1).exists()
    assert len(service.taken) == 3


@pytest.mark.parametrize("answer", [ses.SILENCE, ses.HANGS_UP, ses.BROKEN], ids=str)
def test_a_service_that_takes_mails_and_says_nothing_gets_one_at_a_time(service, settings, answer):
    parameters = settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"]
    impatient = {**parameters, "config": {**parameters["config"], "read_timeout": 0.3}}
    settings.ANYMAIL = {"AMAZON_SES_CLIENT_PARAMS": impatient}
    _queue(3)
    service.answer = answer
    assert deliver_mails(at=NOON, most=10) == 0
    assert len(service.taken) == 1
    assert SendingHold.objects.get().reason == Hold.UNREACHABLE
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 2
    states = Counter(Mail.objects.values_list("state", "tries"))
    assert states == {("unknown", 1): 1, ("sent", 1): 2}
    assert len(service.taken) == 3, "the one that may have been sent is not sent again"
    assert not SendingHold.objects.exists()


# ---------------------------------------------------------------- senders


def _with_sender_of_its_own(address: str) -> Campaign:
    campaign = make_campaign()
    campaign.client.sender_email = address
    campaign.client.save()
    assign(campaign.client, address.lower())
    return campaign


def test_a_sender_that_is_not_verified_holds_its_own_mails_and_nobody_else_s(service):
    brand = _with_sender_of_its_own("Post@Brand.example")
    _queue(2, brand)
    _queue(2)
    failed = {"__type": "MessageRejected", "message": ses.UNVERIFIED + "post@brand.example"}
    service.by_sender["post@brand.example"] = (400, failed)
    assert deliver_mails(at=NOON, most=10) == 2
    hold = SendingHold.objects.get()
    assert (hold.scope, hold.reason) == ("post@brand.example", Hold.SENDER)
    assert Mail.objects.filter(campaign=brand, state="queued", tries=0).count() == 2
    _queue(1)
    assert deliver_mails(at=NOON, most=10) == 1
    assert SendingHold.objects.exists(), "another sender's mail proves nothing about this one"
    service.by_sender.clear()
    assert deliver_mails(at=NOON + FIRST_WAIT, most=10) == 2
    assert not SendingHold.objects.exists()


def test_the_platform_s_own_sender_is_one_sender_too(service):
    _queue(1)
    service.answer = ses.SENDER_UNVERIFIED
    deliver_mails(at=NOON, most=10)
    assert SendingHold.objects.get().scope == OURS


# ---------------------------------------------------------------- by hand, and for ever


def test_staff_have_it_tried_now_and_it_is_logged(service):
    _queue(1)
    with pytest.raises(NothingHeld):
        try_now(actor=make_user(), at=NOON)
    service.answer = ses.PAUSED
    deliver_mails(at=NOON, most=10)
    try_now(actor=make_user(), at=NOON + timedelta(seconds=5))
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + timedelta(seconds=5), most=10) == 1
    assert AuditEntry.objects.filter(code="mail.tried_now").count() == 1


def test_a_hold_that_no_mail_waits_behind_is_forgotten():
    SendingHold.objects.create(
        scope="gone@brand.example", reason=Hold.SENDER, since=NOON, next_attempt_at=NOON
    )
    Gate(at=NOON + UNTRIED)
    assert SendingHold.objects.exists()
    Gate(at=NOON + UNTRIED + A_MINUTE)
    assert not SendingHold.objects.exists()


def test_beginning_and_end_of_a_hold_are_logged_without_an_address(service, caplog):
    caplog.set_level(logging.INFO, logger=holds.__name__)
    _queue(1)
    service.answer = ses.SENDER_UNVERIFIED
    deliver_mails(at=NOON, most=10)
    service.answer = ses.SENT
    deliver_mails(at=NOON + FIRST_WAIT, most=10)
    held, again = caplog.messages
    assert "held (sender)" in held
    assert "sent again" in again
    assert "@" not in caplog.text


# ---------------------------------------------------------------- the pace


def test_a_refusal_of_the_rate_slows_down_and_holds_nothing(service):
    _queue(3)
    service.answer = ses.TOO_FAST
    before = PACE.per_second
    assert deliver_mails(at=NOON, most=10) == 0
    assert len(service.taken) == 1, "the round ends"
    assert PACE.per_second == before / 2
    assert not SendingHold.objects.exists()
    assert _states() == [("queued", 0)] * 3
    service.answer = ses.SENT
    assert deliver_mails(at=NOON + timedelta(seconds=1), most=10) == 3
    assert before / 2 < PACE.per_second < before


def test_a_rate_that_no_pace_of_ours_keeps_is_a_hold(service):
    _queue(2)
    service.answer = ses.TOO_FAST
    at, rounds = NOON, 0
    while not SendingHold.objects.exists():
        deliver_mails(at=at, most=10)
        at, rounds = at + timedelta(seconds=5), rounds + 1
    assert rounds == 6, "halved five times before"
    assert SendingHold.objects.get().reason == Hold.THROTTLED
    assert _states() == [("queued", 0)] * 2
    service.answer = ses.SENT
    assert deliver_mails(at=at + FIRST_WAIT, most=10) == 2
    assert not SendingHold.objects.exists()


def test_the_pace_comes_back_and_never_stops():
    pace = Pace()
    for _ in range(50):
        pace.slower()
    assert pace.per_second == env().mails_per_second * SLOWEST
    for _ in range(50):
        pace.faster()
    assert pace.per_second == env().mails_per_second


# ---------------------------------------------------------------- a notice that is quicker


@pytest.mark.parametrize("answer", [ses.SENT, ses.HANGS_UP], ids=["it answers", "it hangs up"])
def test_what_the_service_tells_before_it_answers_is_kept(service, monkeypatch, answer):
    _queue(1)
    mail = Mail.objects.get()
    told = MailNotice("Delivery", "0100-test", attempt_tag(mail.pk, NOON))
    post = EmailBackend.post_to_esp

    def posted(*args: Any, **kwargs: Any) -> Any:
        try:
            return post(*args, **kwargs)
        finally:
            assert note_notice(told, at=NOON)

    monkeypatch.setattr(EmailBackend, "post_to_esp", posted)
    service.answer = answer
    deliver_mails(at=NOON, most=10)
    mail.refresh_from_db()
    assert (mail.state, mail.message_id) == (MailState.DELIVERED, "0100-test")
    assert mail.sent_at == NOON
    assert b'"EmailTags": [{"Name": "mail", "Value":' in service.taken[0]
    assert not note_notice(told, at=NOON), "twice is once"


def test_a_mail_that_was_given_up_as_unknown_is_known_again_by_its_notice(service):

    def told(sent_at: datetime) -> MailNotice:
        return MailNotice("Delivery", "0100-lost", attempt_tag(mail.pk, sent_at))

    _queue(1)
    service.answer = ses.HANGS_UP
    deliver_mails(at=NOON, most=10)
    mail = Mail.objects.get()
    assert mail.state == MailState.UNKNOWN
    assert not note_notice(told(NOON - A_MINUTE), at=NOON), "of an earlier attempt"
    assert note_notice(told(NOON), at=NOON)
    mail.refresh_from_db()
    assert (mail.state, mail.message_id) == (MailState.DELIVERED, "0100-lost")


def test_a_late_notice_of_an_earlier_attempt_says_nothing_of_the_one_on_its_way(service):

    _queue(1)
    deliver_mails(at=NOON, most=10)
    later = NOON + timedelta(days=2)
    Mail.objects.update(state=MailState.QUEUED, not_before=later)
    assert not note_notice(MailNotice("Delivery", "0100-test"), at=later)
    service.answer = (200, {"MessageId": "0100-second"})
    deliver_mails(at=later, most=10)
    assert not note_notice(MailNotice("Reject", "0100-test"), at=later)
    assert note_notice(MailNotice("Delivery", "0100-second"), at=later)
