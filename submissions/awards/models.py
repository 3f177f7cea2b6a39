"""What people were told of prizes by the room of awards."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel
from campaigns.prizes.models import Prize
from submissions.awards.rules.low_stock import Told


class LowStockMail(TenantModel):
    """A mail to a colleague that a prize runs low: one for each threshold, and again once its stock was changed."""

    belongs_to = "prize"

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="+")
    threshold = models.CharField(
        max_length=4, choices=[(told.value, told.value.capitalize()) for told in Told]
    )
    stock = models.PositiveIntegerField()
    """What the stock was when it ran low."""
    left = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    noted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_done = models.BooleanField(default=False)
    """Sent, or given up."""

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(
                fields=("noted_at",), name="low_stock_mail_due", condition=models.Q(is_done=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("prize", "threshold", "stock", "person"),
                name="low_stock_is_mailed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.prize} · {self.threshold}"
