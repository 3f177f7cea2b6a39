"""Who has a submission open at the desk."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


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
