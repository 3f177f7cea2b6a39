"""Who runs the clock, and how its rounds and the drains fare."""

from django.db import models


class ClockLease(models.Model):
    """The one row that says which process runs the clock."""

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=120, blank=True)
    """Host, process and start of the process; empty after an orderly stop."""
    number = models.PositiveBigIntegerField(default=0)
    """Rises with every change of owner. What an earlier owner still tries is refused by it."""
    renewed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner or 'nobody'}"


class RoundState(models.Model):
    """How a round of the clock, or a drain of a queue, status: written at a change and every ten seconds."""

    name = models.CharField(max_length=60, primary_key=True)
    began_at = models.DateTimeField(null=True)
    """Of the last turn; of a task in the timetable, when it was last sent."""
    ended_at = models.DateTimeField(null=True)
    """Of the last turn that succeeded."""
    seconds = models.FloatField(default=0)
    """How long that one took."""
    failures = models.PositiveIntegerField(default=0)
    """In a row; at three the breaker opens."""
    paused_until = models.DateTimeField(null=True)
    """While the breaker is open: when one turn is tried again."""
    last_error = models.CharField(max_length=200, blank=True)
    """What the last failed turn met, by the kind of error; empty after a success."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the breaker keeps it from running."""
        return self.paused_until is not None
