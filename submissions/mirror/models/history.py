"""The history of a submission: lines that are added and never changed.

The database refuses to change or remove a line, but for those of test
submissions, which count nowhere, and the line that says a photo was checked
whose submission never came (``migrations/0001_initial``).
"""

from typing import Any

from django.db import models

from campaignhub.errors import DomainError
from campaigns.accounts.tenancy import TenantModel
from submissions.mirror.models.submission import Submission


class HistoryIsAppendOnly(DomainError):
    """A line of a submission's history was to be changed."""


class AppendOnly(TenantModel):
    """A row that is added and stays as it is."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; an existing one stays as it is (the database refuses it too)."""
        if not self._state.adding:
            raise HistoryIsAppendOnly("A line of the history cannot be changed.")
        super().save(*args, **kwargs)


class SubmissionEvent(AppendOnly):
    """One line of a submission's history. ``dedupe`` makes the same event one line."""

    belongs_to = "submission_id"
    belongs_to_model = Submission

    submission_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    dedupe = models.CharField(max_length=80)
    at = models.DateTimeField()
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("submission_id", "dedupe"), name="an_event_is_written_once"
            ),
        )

    def __str__(self) -> str:
        return self.kind
