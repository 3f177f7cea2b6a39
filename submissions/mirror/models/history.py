"""What hangs on a submission by its id: its history, what its entrant said later, its prizes; and tests that are gone.

No foreign keys: the mirror may get any of it before its submission.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from campaignhub.errors import DomainError
from campaigns.accounts.tenancy import TenantModel
from ingest_lambda.contract import AwardState, MessageKind
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
    """One line of a submission's history. ``dedupe`` makes the same event one line.

    The database refuses to change or remove a line, but for those of test
    submissions, which count nowhere, and the line that says a photo was checked
    whose submission never came (``migrations/0001_initial``).
    """

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

    @classmethod
    def line(
        cls,
        submission_id: UUID,
        kind: str,
        of: object,
        /,
        *,
        at: datetime,
        actor: Any = None,
        **detail: Any,
    ) -> "SubmissionEvent":
        """Return the line of an event; ``of`` tells it from others of its kind, so that it is written once."""
        dedupe = f"{kind}:{of}"[:80]
        return cls(
            submission_id=submission_id, kind=kind, dedupe=dedupe, at=at, actor=actor, detail=detail
        )


class EntrantMessage(TenantModel):
    """Something its entrant said about a submission later; once under its ``message_id``, which its page chose."""

    belongs_to = "submission_id"
    belongs_to_model = Submission

    message_id = models.UUIDField()
    submission_id = models.UUIDField()
    kind = models.CharField(
        max_length=12, choices=[(kind.value, kind.value.capitalize()) for kind in MessageKind]
    )
    body = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    version = models.PositiveIntegerField()

    class Meta:
        ordering = ("entered_at", "message_id")
        constraints = (
            models.UniqueConstraint(
                fields=("submission_id", "message_id"), name="a_message_is_kept_once"
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class Award(TenantModel):
    """One prize unit given to a submission, as far as the table knows. Its code is nowhere here."""

    belongs_to = "submission_id"
    belongs_to_model = Submission

    submission_id = models.UUIDField()
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """The submission's, which may come later: for what is counted of a campaign."""
    is_test = models.BooleanField(default=False)
    prize = models.CharField(max_length=40)
    unit = models.CharField(max_length=200)
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value.capitalize()) for state in AwardState]
    )
    entered_at = models.DateTimeField(null=True)
    """The time of entry by which it was given."""
    awarded_at = models.DateTimeField(null=True)
    moment = models.JSONField(null=True)
    """The winning moment that it came from, which is past."""
    limits_taken = models.JSONField(default=list)
    version = models.PositiveIntegerField()

    class Meta:
        ordering = ("submission_id", "prize")
        indexes = (
            # Days and states of one prize are counted from it alone.
            models.Index(
                fields=("campaign", "prize", "state", "awarded_at"),
                name="award_of_campaign",
                condition=models.Q(is_test=False),
            ),
            # Who got what, the newest first.
            models.Index(
                fields=("campaign", "-awarded_at", "-id"),
                name="award_newest_of_campaign",
                condition=models.Q(is_test=False),
            ),
            models.Index(
                fields=("submission_id",),
                name="award_provisional",
                condition=models.Q(state=AwardState.PROVISIONAL.value),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("submission_id", "prize"), name="a_submission_has_a_prize_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.prize} · {self.state}"


class DeletedTest(models.Model):
    """A test submission that was deleted, so that a late record of the mirror does not bring it back."""

    submission_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.submission_id)
