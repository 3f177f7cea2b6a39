"""The outbox: decisions on their way to the table."""

from django.db import models


class OutboxDecision(models.Model):
    """A decision that was made and has still to be carried; gone through once ``carried_at`` is set."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="outbox"
    )
    decision_no = models.PositiveIntegerField()
    decision = models.JSONField()
    created_at = models.DateTimeField()
    carried_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "decision_no"), name="a_decision_is_carried_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission_id} #{self.decision_no}"
