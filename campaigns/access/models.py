"""The tables of partner keys and block lists."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


class BlockEntry(TenantModel):
    """One address, number or device whose entries always go to review, known by its keyed hash only.

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


class PartnerKey(TenantModel):
    """The key of one partner (a kiosk, a call centre, an app) at the gateway. The key itself was shown once and is kept nowhere here.

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
            ),
            models.UniqueConstraint(
                fields=["client", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="partner_key_has_a_name_of_its_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · …{self.last_four}"
