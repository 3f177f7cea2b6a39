"""What comes after the entry: messages of the entrant, and prizes as the table gives them.

Neither has a foreign key to its submission: the mirror may hear of them first.
"""

from django.db import models

from ingest_lambda.contract import AwardState, MessageKind


class EntrantMessage(models.Model):
    """Something its entrant said about a submission later; once under its ``message_id``, which its page chose."""

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


class Award(models.Model):
    """One prize unit given to a submission, as far as the table knows."""

    submission_id = models.UUIDField()
    prize = models.CharField(max_length=40)
    unit = models.CharField(max_length=200)
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value.capitalize()) for state in AwardState]
    )
    moment_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField()

    class Meta:
        ordering = ("submission_id", "prize")
        constraints = (
            models.UniqueConstraint(
                fields=("submission_id", "prize"), name="a_submission_has_a_prize_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.prize} · {self.state}"
