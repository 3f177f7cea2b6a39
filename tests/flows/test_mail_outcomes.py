"""Thousands of mails with every outcome, and an account that refuses in between: each ends right, none twice."""

import json
import resource
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaignhub import aws
from campaignhub.env import env
from campaignhub.local_aws.deploy import client, deploy_notices
from campaignhub.local_aws.ministack import CREDENTIALS, MiniStack
from campaignhub.local_aws.sender import verify_sender
from submissions.intake.drains import NoticeDrain
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail, SendingHold
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.pace import PACE
from tests.submissions.factories import NOON, make_campaign, make_record, streamed
from tests.support.simulated_aws import depth
from tests.support.stack import INTERPRETER, free_port

pytestmark = [pytest.mark.flow, pytest.mark.django_db]

ENDS = {
    "bounce": ("bounced", ""),
    "suppressionlist": ("bounced", ""),
    "complaint": ("complained", ""),
    "disordered": ("complained", ""),
    "ooto": ("delivered", ""),
    "delayed": ("delivered", ""),
    "notspam": ("delivered", ""),
    "mailboxfull": ("sent", "the mailbox is full"),
    "contentrejected": ("sent", "its content was refused"),
    "undetermined": ("sent", "an absence note, or passing trouble"),
    "waiting": ("sent", "it is delayed on its way, and tried again"),
    "silent": ("sent", ""),
    "virus": ("failed", "the mail service found harmful content in it"),
    "unrendered": ("failed", "the mail service could not write it"),
    "refused": ("failed", "MessageRejected"),
    "success": ("delivered", ""),
}
"""How a mail to each name of the embedded mail service ends, and what is noted beside it."""


class Service:
    """The embedded mail service with its queue of notices."""

    def __init__(self, ministack: MiniStack) -> None:
        self.ministack = ministack
        self.endpoint = ministack.endpoint
        self.ses = client("sesv2", self.endpoint)
        self.sqs = client("sqs", self.endpoint)
        self.start()

    def start(self) -> None:
        """Start it, with all that sending needs."""
        self.child = self.ministack.start(self.ministack.directory.parent / "aws.log")
        self.outputs = deploy_notices(self.ministack, env().default_from_email)
        verify_sender(env().default_from_email, self.endpoint)

    def stop(self) -> None:
        """Stop it: its port refuses."""
        self.child.stop()

    def set(self, **values: Any) -> None:
        """Set what no API of SES sets (``campaignhub.local_aws.mail_service``)."""
        request = urllib.request.Request(
            f"{self.endpoint}/v2/email/account/simulator",
            data=json.dumps(values).encode(),
            method="PUT",
            # The emulator tells services apart by their signature.
            headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x/1/us-east-1/ses/aws4_request"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def sent(self) -> int:
        """Count what it took."""
        return int(self.ses.get_account()["SendQuota"]["SentLast24Hours"])


@pytest.fixture(scope="module")
def embedded_mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    directory = tmp_path_factory.mktemp("mail")
    ministack = MiniStack(port=free_port(), directory=directory / "aws", python=INTERPRETER)
    service = Service(ministack)
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture
def service(embedded_mail: Service, settings: Any, monkeypatch: Any) -> Iterator[Service]:
    """Let the site send by it and read its queue."""
    monkeypatch.setattr(env(), "mails_per_second", 1000.0)
    monkeypatch.setattr(PACE, "_share", 1.0)
    monkeypatch.setattr(env(), "aws_endpoint_url", embedded_mail.endpoint)
    url = embedded_mail.outputs["MailNoticesQueueUrl"]
    monkeypatch.setattr(env(), "mail_notices_queue_url", url)
    settings.EMAIL_BACKEND = "campaignhub.mail_backend.EmailBackend"
    settings.ANYMAIL = {
        "AMAZON_SES_CONFIGURATION_SET_NAME": embedded_mail.outputs["MailConfigurationSet"],
        "AMAZON_SES_CLIENT_PARAMS": {
            **settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"],
            "endpoint_url": embedded_mail.endpoint,
            **{name.lower(): value for name, value in CREDENTIALS.items()},
        },
    }
    aws.sqs.cache_clear()
    yield embedded_mail
    embedded_mail.set(Max24HourSend=None, MaxSendRate=None, EnforcementStatus="HEALTHY")
    aws.sqs.cache_clear()


def _queue(count: int) -> None:
    """Queue mails of which a twentieth has each outcome; the others are delivered."""
    campaign, names = make_campaign(), [name for name in ENDS if name != "success"]
    records = []
    for number in range(count):
        place = number % 20
        name = names[place] if place < len(names) else "success"
        email = f"{name}@n{number}.simulator.amazonses.com"
        records.append(streamed(make_record(campaign, answers={"email": email, "first": "Ada"})))
        if len(records) == 100 or number == count - 1:
            mirror_stream_records(records, at=NOON)
            records.clear()


def _deliver(at: datetime, most: int) -> int:
    """Send up to ``most``, and note what the service has told meanwhile."""
    sent = deliver_mails(at=at, most=most)
    while NoticeDrain(env().mail_notices_queue_url).drain_once():
        pass
    return sent


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_each_mail_ends_in_its_right_state_and_none_goes_twice(service: Service, count: int):
    _queue(count)
    begun, before = time.monotonic(), service.sent()
    fourth, at = count // 4, NOON
    troubles: list[tuple[dict[str, Any], str]] = [
        ({"Max24HourSend": 0}, "daily_quota"),
        ({"MaxSendRate": 0}, ""),
        ({"EnforcementStatus": "SHUTDOWN"}, "suspended"),
    ]
    for refusal, reason in troubles:
        _deliver(at, fourth)
        while SendingHold.objects.exists():
            # One time in twenty the mail that is to end a hold is refused for itself.
            at += timedelta(minutes=1)
            _deliver(at, fourth)
        service.set(**refusal)
        at += timedelta(seconds=5)
        assert _deliver(at, fourth) == 0
        assert [hold.reason for hold in SendingHold.objects.all()] == ([reason] if reason else [])
        service.set(Max24HourSend=None, MaxSendRate=None, EnforcementStatus="HEALTHY")
        at += timedelta(minutes=1)
    while Mail.objects.filter(state="queued").exists():
        _deliver(at, fourth)
        at += timedelta(minutes=1)
    seconds = time.monotonic() - begun

    ends: Counter[tuple[str, str, str]] = Counter()
    rows = Mail.objects.values_list("submission__personal__email", "state", "trouble", "tries")
    for email, state, trouble, tries in rows:
        ends[str(email).split("@")[0], state, trouble] += 1
        assert tries == 1, f"{email}: a refusal of the account cost a try"
    twentieth = count // 20
    expected = {(name, *end): twentieth for name, end in ENDS.items()}
    expected["success", *ENDS["success"]] = count - twentieth * (len(ENDS) - 1)
    assert ends == expected
    assert service.sent() - before == count - twentieth, (
        "each once, and those that were refused never"
    )
    assert not SendingHold.objects.exists()
    for name in ("MailNoticesQueueUrl", "MailNoticesDeadLetterQueueUrl"):
        assert depth(service.sqs, service.outputs[name]) == 0
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} mails with their notices: {seconds:.0f} s, {mebibytes} MiB")  # noqa: T201


def _put_off_the_refused_one() -> None:
    """Let the mail that is refused for itself be no round's first, as chance would have it one time in twenty.

    The first after a hold is a probe: where that one is refused, nobody knows of the account yet.
    """
    refused = Mail.objects.filter(submission__personal__email__startswith="refused@")
    assert refused.update(not_before=NOON + timedelta(seconds=30))


def test_the_account_refuses_as_it_is_told_and_says_so(service: Service):
    _queue(20)
    _put_off_the_refused_one()
    for refusal, reason in (
        ({"Max24HourSend": 0}, "daily_quota"),
        ({"EnforcementStatus": "SHUTDOWN"}, "suspended"),
    ):
        service.set(**refusal)
        assert deliver_mails(at=NOON, most=20) == 0
        assert SendingHold.objects.get().reason == reason
        SendingHold.objects.all().delete()
        service.set(Max24HourSend=None, EnforcementStatus="HEALTHY")
    service.ses.put_account_sending_attributes(SendingEnabled=False)
    assert service.ses.get_account()["SendingEnabled"] is False
    assert deliver_mails(at=NOON, most=20) == 0
    assert SendingHold.objects.get().reason == "paused"
    service.ses.put_account_sending_attributes(SendingEnabled=True)
    at = NOON + timedelta(minutes=1)
    assert deliver_mails(at=at, most=20) == 19, "all but the one that is refused for itself"


def test_a_service_that_is_away_for_a_while_gets_every_mail_once_it_is_back(service: Service):
    _queue(20)
    _put_off_the_refused_one()
    before = service.sent()
    assert deliver_mails(at=NOON, most=5) == 5
    service.stop()
    try:
        for minutes in (0, 1, 3):
            assert deliver_mails(at=NOON + timedelta(minutes=minutes), most=20) == 0
        hold = SendingHold.objects.get()
        assert (hold.reason, hold.since, hold.attempts) == ("unreachable", NOON, 2)
        states = Counter(Mail.objects.values_list("state", "tries"))
        assert states == {("sent", 1): 5, ("queued", 0): 15}
    finally:
        service.start()
    before = 0 if service.sent() < before + 5 else before + 5
    assert deliver_mails(at=NOON + timedelta(minutes=7), most=20) == 14, "all but the one refused"
    assert service.sent() - before == 14
    assert not SendingHold.objects.exists()
    assert set(Mail.objects.values_list("tries", flat=True)) == {1}


def test_a_sandbox_takes_what_goes_to_verified_mailboxes(service: Service):
    campaign = make_campaign()
    for email in ("ada@example.com", "success@simulator.amazonses.com"):
        record = make_record(campaign, answers={"email": email, "first": "Ada"})
        mirror_stream_records([streamed(record)], at=NOON)
    details = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com"}
    service.ses.put_account_details(**details, ProductionAccessEnabled=False)
    try:
        assert deliver_mails(at=NOON, most=20) == 0
        assert SendingHold.objects.get().reason == "sandbox"
        assert deliver_mails(at=NOON + timedelta(minutes=1), most=20) == 1
        states = Mail.objects.order_by("id").values_list("state", "tries")
        assert list(states) == [("queued", 0), ("sent", 1)]
    finally:
        service.ses.put_account_details(**details, ProductionAccessEnabled=True)


def test_without_its_configuration_set_nothing_is_sent(service: Service, settings: Any):
    settings.ANYMAIL = {**settings.ANYMAIL, "AMAZON_SES_CONFIGURATION_SET_NAME": "gone"}
    _queue(20)
    assert deliver_mails(at=NOON, most=20) == 0
    assert SendingHold.objects.get().reason == "configuration"
