"""The log of who did what. Lines are added, never changed."""

from typing import Any, NoReturn

from django.db import models

from campaignhub.errors import DomainError
from campaigns.accounts.tenancy import TenantModel


class AuditIsAppendOnly(DomainError):
    """Somebody tried to change or remove a line of the log."""


class AuditEntry(TenantModel):
    """One act: who, when, on what, before and after; without personal data."""

    belongs_to = "client"

    client = models.ForeignKey(
        "accounts.Client", null=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=60, db_index=True)
    target = models.CharField(max_length=120)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.code} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; an existing one stays as it is (the database refuses it too)."""
        if self.pk is not None:
            raise AuditIsAppendOnly("A line of the log cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AuditIsAppendOnly("A line of the log cannot be removed.")
