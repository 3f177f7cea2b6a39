"""What an entrant says about a submission later."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel
from ingest_lambda.contract import MessageKind
from submissions.mirror.models.submission import Submission


class EntrantMessage(TenantModel):
    """Something its entrant said about a submission later; once under its ``message_id``, which its page chose.

    Not a foreign key: the mirror may get it before its submission.
    """

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
