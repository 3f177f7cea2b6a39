"""Who waited long for a job is told by mail: once, and not where a page told them first."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import note_seen
from campaigns.jobs.services.ended_mails import mail_ended
from campaigns.jobs.services.ending import MAILED_AFTER, TOOK_LONG
from tests.campaigns.factories import NOON, make_client
from tests.campaigns.jobs.counting import deliver, make_job, make_lead

pytestmark = pytest.mark.django_db
ENDS_AT = NOON + TOOK_LONG
DUE = ENDS_AT + MAILED_AFTER


def ended(**more: Any) -> Job:
    """Make a job of somebody with an address that ends at ``ENDS_AT``, or when it is said."""
    client = make_client()
    lead = make_lead(client)
    lead.email, lead.first_name = "olivia@hub.example", "Olivia"
    lead.save()
    job = make_job(3, client=client, actor=lead, title="Approve 3 entries of Summer")
    deliver(job, at=more.get("at", ENDS_AT))
    return Job.objects.get(pk=job.pk)


def test_it_says_what_was_done_and_where_to_look_and_comes_once() -> None:
    job = ended()
    assert mail_ended(at=ENDS_AT) == 0, "a page that is open tells sooner"
    assert mail_ended(at=DUE) == 1
    assert mail_ended(at=DUE) == 0
    (sent,) = mail.outbox
    assert sent.to == ["olivia@hub.example"]
    assert sent.subject == "Done: Approve 3 entries of Summer"
    assert "3 counted." in str(sent.body)
    assert f"/admin/jobs/job/{job.pk}/" in str(sent.body)


def test_there_is_none_about_what_was_quick_or_was_seen() -> None:
    ended(at=ENDS_AT - timedelta(seconds=1))
    assert mail_ended(at=DUE) == 0
    Job.objects.all().delete()
    job = make_job(3)
    deliver(job, at=ENDS_AT)
    note_seen(job.pk, actor=job.person, at=ENDS_AT)
    assert mail_ended(at=DUE) == 0


def test_who_has_no_address_or_left_gets_none() -> None:
    job = ended()
    type(job.person).objects.filter(pk=job.person.pk).update(is_active=False)
    assert mail_ended(at=DUE) == 0
    assert not mail.outbox


def test_whose_right_was_withdrawn_meanwhile_gets_none() -> None:
    job = ended()
    Membership.objects.filter(user=job.person).update(role=Role.MODERATOR)
    assert mail_ended(at=DUE) == 0
    assert not mail.outbox


@override_settings(EMAIL_BACKEND="tests.campaigns.jobs.test_ended_mails.NoMail")
def test_while_the_mail_service_is_away_it_is_tried_again_for_an_hour() -> None:
    ended()
    assert mail_ended(at=DUE) == 0
    assert Job.objects.get().mail_due_at == DUE + timedelta(minutes=1)
    Job.objects.update(mail_due_at=DUE)
    assert mail_ended(at=DUE + timedelta(hours=2)) == 0
    assert Job.objects.get().mail_due_at is None


class NoMail:
    """A mail service that does not answer."""

    def __init__(self, **_: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        """Fail as a connection does."""
        raise ConnectionError("away")
