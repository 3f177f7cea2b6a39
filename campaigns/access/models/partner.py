"""Keys of partners: kiosks, call centres and apps that start entries for a client."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


class PartnerKey(TenantModel):
    """One partner's key at the gateway. The key itself was shown once and is kept nowhere here.

    By ``key_hash`` the submissions table knows which client's campaigns it opens.
    """

    belongs_to = "client"
    log_name = "partner_key:{row.pk}"

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.PROTECT, related_name="partner_keys"
    )
    name = models.CharField(max_length=80)
    key_id = models.CharField(max_length=60, unique=True)
    key_hash = models.CharField(max_length=64, blank=True)
    usage_plan_id = models.CharField(max_length=60)
    last_four = models.CharField(max_length=4)
    rate_per_second = models.PositiveSmallIntegerField(default=10)
    quota_per_day = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["key_hash"],
                condition=~models.Q(key_hash=""),
                name="partner_key_belongs_to_one_client",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} · …{self.last_four}"
