"""The drain of the mail service's notices: twice is once, and what cannot be read is kept and quoted nowhere."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from campaignhub import aws
from campaignhub.env import env
from submissions.intake.drains import NoticeDrain, drains
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import SubmissionEvent
from submissions.operations.services import dead_letters
from tests.campaigns.factories import make_user
from tests.security.entrants import enter
from tests.security.test_junk_notices import SECRET, basic, post
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.mail.test_notices import CANARY, HOSTILE, enveloped, event
from tests.submissions.operations.operators import OPERATIONS, manager, operator
from tests.support.at_once import at_once
from tests.support.simulated_aws import TRIES, depth, simulated_aws

pytestmark = pytest.mark.django_db
BOUNCE = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "bouncedRecipients": [{"emailAddress": CANARY}],
}


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


@pytest.fixture
def mails() -> list[Mail]:
    """Two sent mails of two clients."""
    found = []
    for _ in range(2):
        enter(make_campaign())
        mail = Mail.objects.latest("id")
        mail.state, mail.message_id, mail.sent_at = MailState.SENT, uuid4().hex, NOON
        mail.save()
        found.append(mail)
    return found


def of(mail: Mail, kind: str, **details: Any) -> dict[str, Any]:
    """Write a notice about a mail."""
    written = event(kind, **details)
    written["mail"]["messageId"] = mail.message_id
    return written


def _send(*bodies: str) -> None:
    for body in bodies:
        aws.sqs().send_message(QueueUrl=env().mail_notices_queue_url, MessageBody=body)


def _drain() -> NoticeDrain:
    return NoticeDrain(env().mail_notices_queue_url)


def test_notices_are_noted_raw_and_enveloped_once_each_and_of_one_client_s_mail_only(queues, mails):
    first, second = mails
    _send(enveloped(of(first, "Bounce", bounceType="Permanent")), enveloped(of(first, "Delivery")))
    _send(*[enveloped(of(first, "Bounce", bounceType="Permanent"))] * 2)
    while _drain().drain_once():
        pass
    assert depth(queues, env().mail_notices_queue_url) == 0
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("bounced", "sent")
    lines = SubmissionEvent.objects.filter(kind="mail_bounced")
    assert [line.submission_id for line in lines] == [first.submission_id]


def test_the_same_notice_by_the_queue_and_by_the_web_address_is_noted_once(mails, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET}
    envelope = enveloped(of(mails[0], "Bounce", **BOUNCE))
    signed = {"authorization": basic(SECRET)}
    assert post(envelope.encode(), authorization=basic("somebody:guessing")) == 400
    mails[0].refresh_from_db()
    assert mails[0].state == "sent"
    assert [post(envelope.encode(), **signed) for _ in range(2)] == [200, 200]
    _send(envelope, envelope)
    while _drain().drain_once():
        pass
    assert post(envelope.encode(), **signed) == 200
    mails[0].refresh_from_db()
    assert mails[0].state == "bounced"
    assert SubmissionEvent.objects.filter(kind="mail_bounced").count() == 1


def test_a_notice_of_somebody_else_s_mail_or_of_another_type_is_settled(queues, mails):
    stranger = event("Bounce", bounceType="Permanent")
    forged = of(mails[0], "Bounce", bounceType="Permanent")
    forged["mail"] |= {"messageId": "0100-forged", "tags": {"mail": [f"{mails[0].pk}-1"]}}
    _send(enveloped(stranger), enveloped(forged), enveloped(of(mails[0], "Subscription")))
    assert _drain().drain_once() == 3
    assert {*Mail.objects.values_list("state", flat=True)} == {"sent"}


def test_what_cannot_be_read_holds_up_no_neighbour_and_ends_as_a_dead_letter(
    queues, mails, caplog, monkeypatch
):
    caplog.set_level(logging.DEBUG, logger="submissions")
    poison = [body for body in HOSTILE.values() if 0 < len(body) < 200_000]
    _send(*poison, enveloped(of(mails[0], "Delivery")))
    url, dead = env().mail_notices_queue_url, env().mail_notices_dead_letter_queue_url
    queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    for _ in range(TRIES * len(poison)):
        _drain().drain_once()
        if depth(queues, dead) == len(poison):
            break
    assert (depth(queues, url), depth(queues, dead)) == (0, len(poison))
    mails[0].refresh_from_db()
    assert mails[0].state == "delivered"
    assert CANARY not in caplog.text
    page = operator().get(f"{OPERATIONS}notices/").content.decode()
    assert page.count("It is no notice of the mail service.") > 3
    assert CANARY not in page
    assert "E-mail notices" in operator().get(OPERATIONS).content.decode()


def test_a_dead_notice_is_sent_again_by_operators_and_nobody_of_a_client_sees_it(queues, mails):
    body = enveloped(of(mails[0], "Bounce", bounceType="Permanent"))
    aws.sqs().send_message(QueueUrl=env().mail_notices_dead_letter_queue_url, MessageBody=body)
    page = operator().get(f"{OPERATIONS}notices/").content.decode()
    assert "Notice: Bounce" in page
    theirs = manager(mails[0].campaign).get(f"{OPERATIONS}notices/").content.decode()
    assert "Notice: Bounce" not in theirs
    assert dead_letters.replay("notices", message_ids=None, actor=make_user(), at=NOON) == 1
    assert _drain().drain_once() == 1
    mails[0].refresh_from_db()
    assert mails[0].state == "bounced"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_notice_note_it_once(mails):
    message = {"Body": enveloped(of(mails[0], "Complaint"))}
    settled = at_once(*[lambda: _drain().settle([message])] * 4)
    assert settled == [[message]] * 4
    assert SubmissionEvent.objects.filter(kind="mail_complained").count() == 1


def test_the_queue_is_drained_where_there_is_one(monkeypatch):
    assert "mail-notices-1" in [drain.name for drain in drains()]
    monkeypatch.setattr(env(), "mail_notices_queue_url", "")
    assert "mail-notices-1" not in [drain.name for drain in drains()]
