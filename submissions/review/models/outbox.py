"""The outbox: decisions on their way to the table."""

from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel


class OutboxDecision(TenantModel):
    """A decision that was made and has still to be carried; gone through once ``carried_at`` is set.

    ``leased_until`` keeps two carriers from the same submission.
    """

    belongs_to = "campaign"

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="outbox"
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """The submission's, beside it for the index by which campaigns take turns."""
    decision_no = models.PositiveIntegerField()
    decision = models.JSONField()
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    """Of the next try: later each time that one fails."""
    leased_until = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "decision_no"), name="a_decision_is_carried_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("campaign", "id"),
                name="outbox_in_turn",
                condition=Q(carried_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission_id} #{self.decision_no}"
