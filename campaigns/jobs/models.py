"""A long act of staff as a row: what was asked for, how far it is, who works on it now."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.accounts.models import User
from campaigns.accounts.tenancy import TenantModel


class JobState(models.TextChoices):
    """Where a job is."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class Job(TenantModel):
    """One long act, done in slices (``services.running``); its last slice's result is kept by ``task_id``.

    Without a client it is the platform's, which only operators see. Without an actor it
    is the clock's, which does by itself what operators may start as well.
    """

    belongs_to = "client"
    log_name = "job:{row.pk}"

    client = models.ForeignKey(
        "accounts.Client", null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    """Who asked for it; every effect is signed by them, and the job ends with their right to it."""
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    """What was asked for. Emptied at the end, since a note for staff may stand in it; kept to try again."""
    only_one = models.CharField(max_length=120, blank=True)
    """Of the jobs under way with the same text here there is one; empty where several may run."""

    state = models.CharField(
        max_length=10, choices=JobState.choices, default=JobState.WAITING.value
    )
    cursor = models.JSONField(default=dict)
    """Where it goes on; written with the effects of the step before."""
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """What became of those done, by word."""
    notes = models.JSONField(default=list)
    """The first few sentences on what came out otherwise."""
    outcome = models.CharField(max_length=300, blank=True)

    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    paced_at = models.DateTimeField(null=True)
    """Since when it has run without a pause, for rate and time left."""
    paced_done = models.PositiveIntegerField(default=0)

    slice_no = models.PositiveIntegerField(default=0)
    """Which slice is next. A message of an earlier one does nothing."""
    lease = models.UUIDField(null=True)
    """Of the slice that runs now. What another slice would write is refused."""
    leased_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """When the next slice is sent, unless one takes the job before: its message may get lost."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """Slices since the last step that was completed."""
    last_error = models.CharField(max_length=60, blank=True)
    """The kind of error that put it off."""
    task_id = models.UUIDField(default=uuid4, unique=True)

    seen_at = models.DateTimeField(null=True)
    """When its actor was told of the end, on a page."""
    mail_due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=UNDER_WAY, ended_at__isnull=True)
                | (~Q(state__in=UNDER_WAY) & Q(ended_at__isnull=False)),
                name="a_job_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(lease__isnull=True, due_at__isnull=True),
                name="no_slice_of_a_job_that_ended",
            ),
            models.UniqueConstraint(
                fields=("only_one",),
                condition=Q(ended_at__isnull=True) & ~Q(only_one=""),
                name="one_such_job_at_a_time",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(ended_at__isnull=True), name="jobs_by_due_time"
            ),
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mail_due_at__isnull=False),
                name="jobs_to_mail_about",
            ),
            models.Index(fields=("actor", "ended_at"), name="jobs_of_a_person"),
            models.Index(fields=("client", "-asked_at", "-id"), name="jobs_of_a_client"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def person(self) -> User:
        """Who asked for it; the clock asks for no kind of job that signs its effects."""
        assert self.actor is not None
        return self.actor

    @property
    def is_under_way(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in UNDER_WAY

    @property
    def took(self) -> timedelta | None:
        """How long it took from being asked for to its end."""
        return self.ended_at - self.asked_at if self.ended_at else None

    def is_put_off(self, at: datetime) -> bool:
        """Tell whether it waits to be tried again."""
        return bool(self.last_error and self.lease is None and self.due_at and self.due_at > at)
