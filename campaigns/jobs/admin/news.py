"""The news of one's own jobs in the frame of every page."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaignhub.staff_site.news import News, register
from campaigns.accounts.models import User
from campaigns.jobs.admin.wording import TONES, progress_words, state_word
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import MOST_NEWS, news_of, note_seen

DONE_APART = 3
"""Jobs that went well and have a line of their own; what failed always has one. The page is for its own subject."""
_BETWEEN = "."


def _read(request: HttpRequest) -> Sequence[News]:
    """Return nothing, without a query, for who follows no job."""
    user = request.user
    if not isinstance(user, User) or not user.follows_jobs:
        return ()
    jobs = news_of(user)
    done = [job for job in jobs if job.state == JobState.DONE][DONE_APART:]
    shown = [_news(job) for job in jobs if job not in done]
    return [*shown, _more_done(done)] if done else shown


def _more_done(jobs: Sequence[Job]) -> News:
    """Tell of earlier jobs in one line, which is dismissed for all of them."""
    many = f"{len(jobs)} more jobs are done" if len(jobs) > 1 else "1 more job is done"
    return News(
        key=_BETWEEN.join(str(job.pk) for job in jobs),
        title=many,
        words="",
        link=reverse("admin:jobs_job_changelist"),
        tone=TONES[JobState.DONE],
        said=f"{many}.",
    )


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
    for one in key.split(_BETWEEN)[:MOST_NEWS]:
        if isinstance(user, User) and one.isascii() and one.isdecimal() and len(one) < 18:
            note_seen(int(one), actor=user, at=timezone.now())


register(_read, _dismiss)
