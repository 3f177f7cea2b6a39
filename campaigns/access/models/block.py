"""The block list of a client: people whose entries always go to review."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


class BlockEntry(TenantModel):
    """One address, number or device, known by its keyed hash only.

    Staff must be able to tell entries apart and take one off again, so a masked
    ``hint`` stands beside the hash; the value itself is kept nowhere.
    """

    belongs_to = "client"
    log_name = "block:{row.pk}"

    class Kind(models.TextChoices):
        """What is blocked."""

        EMAIL = "email", "E-mail address"
        PHONE = "phone", "Phone number"
        DEVICE_ADDRESS = "device_address", "Internet address"

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.CASCADE, related_name="block_entries"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "entry of a block list"
        verbose_name_plural = "entries of block lists"
        constraints = (
            models.UniqueConstraint(
                fields=("client", "kind", "value_hash"), name="a_value_is_blocked_once_per_client"
            ),
        )

    def __str__(self) -> str:
        return self.hint
