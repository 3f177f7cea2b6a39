"""What is counted of sign-ins. Short-lived: the clock removes what no longer counts."""

from django.db import models


class SignInCount(models.Model):
    """Attempts of one kind: of an account, from an address, on a device.

    ``key`` is a keyed hash: neither names, which people mix up with their
    passwords, nor addresses are kept here.
    """

    key = models.CharField(primary_key=True, max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    logged_at = models.DateTimeField(null=True)
    """When the log last got a line about it."""

    def __str__(self) -> str:
        return f"{self.key[:8]} · {self.attempts}"
