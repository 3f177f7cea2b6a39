"""The news of one's own jobs in the frame of every page."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaignhub.staff_site.news import News, register
from campaigns.accounts.models import User
from campaigns.jobs.admin.wording import TONES, progress_words, state_word
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import news_of, note_seen


def _read(request: HttpRequest) -> Sequence[News]:
    """Return nothing, without a query, for who follows no job."""
    user = request.user
    if not isinstance(user, User) or not user.follows_jobs:
        return ()
    return [_news(job) for job in news_of(user)]


def _news(job: Job) -> News:
    standing = state_word(job, timezone.now())
    ended = "" if job.is_under_way else f" {job.outcome}"
    told = f"{standing}: {progress_words(job)}." if job.is_under_way else f"{standing}.{ended}"
    return News(
        key=str(job.pk),
        title=job.title,
        words=told,
        link=reverse("admin:jobs_job_read", args=[job.pk]),
        tone=TONES[job.state],
        said=f"{job.title}: {standing}.{ended}",
        goes_on=job.is_under_way,
    )


def _dismiss(request: HttpRequest, key: str) -> None:
    user = request.user
    if isinstance(user, User) and key.isascii() and key.isdecimal() and len(key) < 18:
        note_seen(int(key), actor=user, at=timezone.now())


register(_read, _dismiss)
