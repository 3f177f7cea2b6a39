"""Signs of life of every process of ours."""

from django.db import models


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
