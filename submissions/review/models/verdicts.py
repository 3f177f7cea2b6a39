"""Verdicts on submissions, added and never changed.

The database refuses to change or remove one, but for those of test submissions,
which count nowhere (``migrations/0001_initial``).
"""

from django.db import models
from django.db.models import Q

from submissions.mirror.models import AppendOnly
from submissions.mirror.models.submission import STATUSES


class ReviewPurpose(models.TextChoices):
    """What a verdict is for. Only the first three move the status, and so have a number."""

    DECISION = "decision", "Decision"
    SECOND = "second", "Second opinion"
    APPEAL = "appeal", "Appeal"
    QUALITY = "quality", "Quality check"
    TRAINING = "training", "Training"
    SPOT_CHECK = "spot_check", "Spot check"


MOVES_STATUS = (
    ReviewPurpose.DECISION.value,
    ReviewPurpose.SECOND.value,
    ReviewPurpose.APPEAL.value,
)


class Review(AppendOnly):
    """One verdict on one submission, by a person or (without actor) by a rule."""

    belongs_to = "submission"

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="reviews"
    )
    decision_no = models.PositiveIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField()
    purpose = models.CharField(
        max_length=12, choices=ReviewPurpose.choices, default=ReviewPurpose.DECISION
    )
    verdict = models.CharField(max_length=20, choices=STATUSES)
    reasons = models.JSONField(default=list)
    note = models.TextField(max_length=1000, blank=True)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "decision_no"), name="a_decision_has_a_number_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(decision_no__isnull=True) | Q(purpose__in=MOVES_STATUS),
                name="only_what_moves_the_status_has_a_number",
            ),
        )
        indexes = (models.Index(fields=("actor", "-at"), name="review_pace"),)

    def __str__(self) -> str:
        return f"{self.verdict} #{self.decision_no}"
