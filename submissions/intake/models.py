"""Signs of life of every process of ours, and until when photos may come."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


class Heartbeat(models.Model):
    """The last sign of life of one part of one process: a drain, the clock, a worker, a web process."""

    id = models.CharField(max_length=200, primary_key=True)
    """``mirror-1@host:pid``: two machines, or two processes of one, never share a row."""
    kind = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(default=1)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    since = models.DateTimeField()
    """When it began."""
    at = models.DateTimeField()
    """When it was last heard of."""
    handled = models.PositiveBigIntegerField(default=0)
    """Messages, or rounds, since it began."""
    round_seconds = models.FloatField(null=True)
    """How long its last round took."""
    last_error = models.CharField(max_length=200, blank=True)
    """The name of the error of its last round; empty where that went well."""

    class Meta:
        ordering = ("kind", "number", "-since")

    def __str__(self) -> str:
        return self.id


class PhotoDeadline(TenantModel):
    """Until when photos of a submission may come; it has none once all are here and give a picture.

    What is due is read from here. To look at every undecided entry of the day instead
    costs more the more there are, in each round. Written with the submission, in the
    mirror's transaction, so that a crash leaves none without (``services.photo_deadlines``).
    """

    belongs_to = "submission"

    submission = models.OneToOneField(
        "submissions.Submission",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="photo_deadline",
    )
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.submission_id)
