"""The mail to who waited long for a job: at most one, and none where a page told them first."""

import logging
from datetime import datetime, timedelta

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import EmailMessage
from django.urls import reverse

from campaignhub.env import env
from campaigns.jobs.models import Job

logger = logging.getLogger(__name__)
_A_ROUND = 5
_AGAIN_AFTER = timedelta(minutes=1)
_GIVEN_UP_AFTER = timedelta(hours=1)
_SENDING_ERRORS = (AnymailError, BotoCoreError, ClientError, OSError)


def mail_ended(*, at: datetime) -> int:
    """Mail those whose job has ended; return how many mails went.

    A job is claimed before its mail is sent: should we die in between, there is
    none, and the notice in the admin says the same.
    """
    sent = 0
    due = Job.objects.filter(mail_due_at__lte=at).select_related("actor").order_by("mail_due_at")
    for job in due[:_A_ROUND]:
        if Job.objects.filter(pk=job.pk, mail_due_at=job.mail_due_at).update(mail_due_at=None):
            sent += _send(job, at)
    return sent


def compose(job: Job) -> EmailMessage:
    """Make the message: what was done, what came of it, where to look."""
    address = f"{env().public_site_url}{reverse('admin:jobs_job_read', args=[job.pk])}"
    greeting = f"Hello {job.person.first_name}," if job.person.first_name else "Hello,"
    return EmailMessage(
        subject=f"{job.get_state_display()}: {job.title}",
        body=f"{greeting}\n\n{job.title}\n{job.outcome}\n\nSee it: {address}\n",
        to=[job.person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _send(job: Job, at: datetime) -> bool:
    if not (job.person.email and job.person.is_active):
        return False
    try:
        compose(job).send()
    except _SENDING_ERRORS as error:
        # The service's own words may repeat the address: the kind of error is all that is kept.
        kind = type(error.__cause__ or error).__name__[:60]
        logger.warning("job %s: its mail was not sent: %s", job.pk, kind)
        if job.ended_at and at - job.ended_at < _GIVEN_UP_AFTER:
            Job.objects.filter(pk=job.pk, seen_at=None).update(mail_due_at=at + _AGAIN_AFTER)
        return False
    return True
