"""The tables of decisions: verdicts, holds of the desk, the outbox, how often each reason was given."""

from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel
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
    """One verdict on one submission, by a person or (without actor) by a rule; added and never changed.

    The database refuses to change or remove one, but for those of test submissions,
    which count nowhere (``migrations/0001_initial``).
    """

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


class ReviewHold(TenantModel):
    """A moderator looks at this submission until ``until``.

    Soft: it keeps two people from the same photo, and decides nothing; the
    row lock of the verdict does that.
    """

    belongs_to = "submission"

    submission = models.OneToOneField(
        "submissions.Submission", primary_key=True, on_delete=models.CASCADE, related_name="hold"
    )
    actor = models.ForeignKey("accounts.User", on_delete=models.CASCADE)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.actor} until {self.until}"


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


class ReasonUse(TenantModel):
    """How often moderators of a campaign have given a reason: the order in which the desk offers them.

    A counter, since a million verdicts can't be counted for each page.
    """

    belongs_to = "campaign"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    code = models.CharField(max_length=40)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "code"), name="a_reason_is_counted_once_per_campaign"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} × {self.times}"
