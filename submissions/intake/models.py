"""Signs of life of what drains the queues."""

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a consumer."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    handled = models.PositiveBigIntegerField(default=0)
    """Messages since the worker was started."""
    trouble = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
