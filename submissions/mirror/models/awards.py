"""Prizes as the table gives them."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel
from ingest_lambda.contract import AwardState
from submissions.mirror.models.submission import Submission


class Award(TenantModel):
    """One prize unit given to a submission, as far as the table knows.

    Not a foreign key: the mirror may get it before its submission.
    """

    belongs_to = "submission_id"
    belongs_to_model = Submission

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
