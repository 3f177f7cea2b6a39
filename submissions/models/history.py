"""The history of a submission: events and verdicts, added and never changed."""

from django.db import models

from submissions.models.submission import STATUSES


class SubmissionEvent(models.Model):
    """One line of a submission's history. ``dedupe`` makes the same event one line."""

    submission_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    dedupe = models.CharField(max_length=80)
    at = models.DateTimeField()
    actor = models.ForeignKey("campaigns.User", null=True, on_delete=models.PROTECT)
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


class Review(models.Model):
    """One verdict on one submission, by a person or (without actor) by a rule."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="reviews"
    )
    decision_no = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, default="decision")
    verdict = models.CharField(max_length=20, choices=STATUSES)
    reasons = models.JSONField(default=list)
    note = models.TextField(max_length=1000, blank=True)
    actor = models.ForeignKey("campaigns.User", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ("decision_no",)
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "decision_no"), name="a_decision_has_a_number_of_its_own"
            ),
        )

    def __str__(self) -> str:
        return f"{self.verdict} #{self.decision_no}"
