"""Test submissions that were deleted."""

from django.db import models


class DeletedTest(models.Model):
    """A test submission that was deleted, so that a late record of the mirror does not bring it back."""

    submission_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.submission_id)
