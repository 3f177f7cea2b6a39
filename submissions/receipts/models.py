"""Which file was submitted with which entry: what duplicates are found by."""

from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel
from submissions.mirror.models.submission import Submission


class SubmittedFile(TenantModel):
    """One photo of a submission, in two halves that come in any order.

    ``sha256``, the real one, comes with the photo; ``scope``, ``entered_at`` and
    ``counts`` come with the submission that shows it. Each half is written in the
    transaction that brings it, into one row under the key of the upload, so no
    reader has to look again for what came meanwhile. A file is *submitted* once
    both are here: a thousand uploads of forms that were never sent stay half, are
    in no index that duplicates are looked up by, and hide none.
    """

    belongs_to = "submission_id"
    belongs_to_model = Submission

    key = models.CharField(max_length=300, primary_key=True)
    submission_id = models.UUIDField(db_index=True)
    attempt = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, null=True)
    scope = models.UUIDField(null=True)
    """The campaign, or its tests: the same photo in two campaigns is no duplicate."""
    entered_at = models.DateTimeField(null=True)
    counts = models.BooleanField(null=True)
    """The entry was not refused by the campaign's own rules; a refused one holds no receipt."""

    class Meta:
        indexes = (
            models.Index(
                fields=("scope", "sha256", "entered_at", "submission_id"),
                name="file_submitted",
                condition=Q(counts=True, sha256__isnull=False),
            ),
            models.Index(
                # Of what was refused: the desk shows it, and no entry waits for it.
                fields=("scope", "sha256", "entered_at", "submission_id"),
                name="file_refused",
                condition=Q(counts=False, sha256__isnull=False),
            ),
            # Ids sort by the time of their start, so what is due to be swept comes first.
            models.Index(
                fields=("submission_id",),
                name="file_unsent",
                condition=Q(scope__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(scope__isnull=True, entered_at__isnull=True, counts__isnull=True)
                | Q(scope__isnull=False, entered_at__isnull=False, counts__isnull=False),
                name="a_half_of_a_submitted_file_is_whole",
            ),
        )

    def __str__(self) -> str:
        return self.key
