"""Winning moments: what staff bring along, and what was drawn and sealed at a publish."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel
from campaigns.prizes.models.prize import Prize


class BroughtMoments(TenantModel):
    """The moments of one prize that came as a list instead of being drawn; nobody but an auditor reads them back."""

    belongs_to = "prize"

    prize = models.OneToOneField(Prize, on_delete=models.CASCADE, related_name="brought")
    times = models.JSONField(default=list)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"{len(self.times)} moments of {self.prize}"


class SealedSet(TenantModel):
    """Moments drawn at one publish, under a seal: SHA-256 of a random nonce and the canonical list.

    A set is never changed, so the hash that was recorded before the start proves the list
    that is shown after the close. An amendment that adds stock adds a set.
    """

    belongs_to = "campaign"
    log_name = "moments:{row.set_id}"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="sealed_sets"
    )
    is_test = models.BooleanField(default=False)
    set_id = models.CharField(max_length=32, unique=True)
    nonce = models.CharField(max_length=64)
    moments = models.TextField()
    sha256 = models.CharField(max_length=64)
    plan = models.JSONField(default=dict)
    """The settings that it was drawn by, by key of the prize: a publish with the same keeps the set."""
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    loaded_at = models.DateTimeField(null=True)
    """When the table had all of it first; from then on what is lost is restored, never put again."""
    is_loaded = models.BooleanField(default=False)
    """Whether the table is known to have it; a republish asks again."""

    class Meta:
        ordering = ("sealed_at", "id")

    def __str__(self) -> str:
        return f"seal {self.sha256[:12]}"


class StockBatch(TenantModel):
    """Units of one prize for everyone, as they are loaded together; their number never changes.

    ``first`` is the number of its first unit in the prize: where a unit is a code, the
    code at that place of the pool. More stock is another batch.
    """

    belongs_to = "prize"

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="stock_batches")
    is_test = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    loaded_blocks = models.PositiveIntegerField(default=0)
    """How many blocks the table has, counted from the first."""
    opened_at = models.DateTimeField(null=True)
    """Since when its units are given; from then on blocks that are lost are restored, never put again."""
    is_loaded = models.BooleanField(default=False)

    class Meta:
        ordering = ("prize", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("prize", "is_test", "number"), name="stock_batch_is_unique_in_its_prize"
            ),
        )

    def __str__(self) -> str:
        return f"{self.units} × {self.prize}"

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"b{self.number}"
