"""Units that an amendment takes out of a prize's stock."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel
from campaigns.prizes.models.prize import Prize


class StockWithdrawal(TenantModel):
    """Fewer of a published prize: so many units are taken out of the live stock, unless entries win them first.

    What is taken out is noted here, because a republish after the table was lost puts the
    batches back without it.
    """

    belongs_to = "prize"

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="withdrawals")
    units = models.PositiveIntegerField()
    """How many are to go; at its end, how many went."""
    taken = models.PositiveIntegerField(default=0)
    ranges = models.JSONField(default=list)
    """What went out of blocks: batch number, first and last block, first unit, and the unit behind the last."""
    names = models.JSONField(default=list)
    """What went by name: units of moments, and units that came back."""
    planned = models.JSONField(default=list)
    """Units that go by name next; written down first, so that a crash counts none twice."""
    place = models.JSONField(default=dict)
    """Where it goes on: a batch, and the block below which nothing was looked at yet."""
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.units} fewer of {self.prize}"
