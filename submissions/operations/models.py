"""What the operations page shows of the machinery: answers of services, comparisons, what waits for its photos."""

from django.db import models
from django.db.models import ExpressionWrapper, Q


class LedgerCheck(models.Model):
    """One comparison of the table with what is here (``services.ledger``)."""

    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    """Hours of entry from here on were compared; all of them where it is empty."""
    until = models.DateTimeField(null=True)
    """Entries from here on were left out: they may still have been on their way."""
    hours = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    """Submissions in the table, in those hours."""
    mirrored = models.PositiveIntegerField()
    """Submissions here, in the same hours, after the repair."""
    repaired = models.PositiveIntegerField()
    gaps = models.PositiveIntegerField()
    """Hours that still differ after the repair."""
    depths = models.JSONField(default=dict)
    """Queue → messages in it, or null where it could not be asked."""
    rows = models.JSONField(default=list)
    """The hours that differed, with both counts."""

    class Meta:
        ordering = ("-begun_at", "-id")
        get_latest_by = "begun_at"

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}: {self.gaps} gaps"


class LedgerRound(models.Model):
    """One way through every item of the table (``services.ledger_rounds``), taken up again and again."""

    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    position = models.TextField(blank=True)
    """Where in the table it goes on, as the table names it."""
    items = models.PositiveIntegerField(default=0)
    """Submissions, photos, messages and awards that were compared so far."""
    expected = models.PositiveIntegerField(default=0)
    """How many of them were here when it began, to tell how far it is."""
    repaired = models.PositiveIntegerField(default=0)
    gap_count = models.PositiveIntegerField(default=0)
    """Items that still differ after the repair."""
    gaps = models.JSONField(default=list)
    """Some of them, as ``photo of <submission>``."""
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    """Who wants it done now; it goes by the clock where this is empty."""

    class Meta:
        ordering = ("-begun_at", "-id")
        get_latest_by = "begun_at"
        constraints = (
            models.UniqueConstraint(
                # Of all rows without an end, at most one.
                ExpressionWrapper(Q(ended_at__isnull=True), output_field=models.BooleanField()),
                name="one_round_at_a_time",
                condition=Q(ended_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}: {self.items} items"

    @property
    def percent(self) -> int:
        """How far it is, as far as anybody can say before the end."""
        if self.ended_at is not None:
            return 100
        return min(99, 100 * self.items // max(1, self.expected))


class StuckSubmission(models.Model):
    """An entry that was seen among dead letters or in quarantine: its photos wait for it.

    It may be sent through again at any time, and lies then where nobody can look.
    """

    submission_id = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.submission_id)


class UnsentRound(models.Model):
    """One round of the sweep of photos that no submission names (``services.unsent_photos``)."""

    begun_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    swept = models.PositiveIntegerField(default=0)
    """Counted one by one, with the photo's own rows, so a round that was killed counts what it did."""
    kept_back = models.PositiveIntegerField(default=0)
    """Photos whose time was over and that stay, because their entry may still be on its way."""
    why = models.CharField(max_length=200, blank=True)
    """What keeps them back, or what broke the round off."""
    after = models.UUIDField(null=True)
    """The submission whose photos were looked at last; the next round goes on behind it."""
    position = models.CharField(max_length=300, blank=True)
    """The same of uploads that the images function has not looked at, by key."""

    class Meta:
        ordering = ("-begun_at", "-id")
        get_latest_by = "begun_at"

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}: {self.swept} swept"


class Reading(models.Model):
    """The last answer of a service that is asked over the network (``services.readings``)."""

    name = models.CharField(max_length=300, primary_key=True)
    value = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField()
    last_error = models.CharField(max_length=100, blank=True)
    """Why the last question was not answered; empty where it was."""

    def __str__(self) -> str:
        return self.name


class MinuteSample(models.Model):
    """What was counted in one minute of the last day (``services.samples``): a row a minute, 1,500 at the most."""

    minute = models.DateTimeField(primary_key=True)
    values = models.JSONField()
    """Name of a series → number."""

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"
