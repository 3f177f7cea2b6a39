"""The mail to who waited long for a job: at most one, and none where a page told them first."""

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.services.staff_mail import is_reachable, send_staff_mail, staff_mail
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import jobs_of

_A_ROUND = 5
_AGAIN_AFTER = timedelta(minutes=1)
_GIVEN_UP_AFTER = timedelta(hours=1)


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
    return staff_mail(
        job.person,
        subject=f"{job.get_state_display()}: {job.title}",
        paragraphs=[f"{job.title}\n{job.outcome}", f"See it: {address}"],
    )


def _send(job: Job, at: datetime) -> bool:
    if not is_reachable(job.person) or not jobs_of(job.person).filter(pk=job.pk).exists():
        return False  # it is closed to them by now: title and counts are the client's
    if send_staff_mail(compose(job), about=f"job {job.pk}"):
        return True
    if job.ended_at and at - job.ended_at < _GIVEN_UP_AFTER:
        Job.objects.filter(pk=job.pk, seen_at=None).update(mail_due_at=at + _AGAIN_AFTER)
    return False
