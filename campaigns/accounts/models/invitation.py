"""Invitations: somebody is asked to work for a client, and becomes a member by accepting."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from campaigns.accounts.rules.roles import Role
from campaigns.accounts.tenancy import TenantManager, TenantModel, TenantQuerySet

_OPEN = Q(accepted_at=None, declined_at=None, withdrawn_at=None)


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    """Invitations by what has become of them."""

    def not_ended(self) -> "InvitationQuerySet":
        """Return those that were neither accepted, declined nor withdrawn; some may have expired."""
        return self.filter(_OPEN)

    def open_at(self, at: datetime) -> "InvitationQuerySet":
        """Return those that can be accepted at ``at``."""
        return self.not_ended().filter(expires_at__gt=at)


InvitationManager = TenantManager.from_queryset(InvitationQuerySet)


class Invitation(TenantModel):
    """One invitation to one address. It says nothing about whether that address has an account.

    The token in its mail is kept as a hash only. The mail is made and sent by
    the worker, which makes the token: no other process ever sees it.
    """

    belongs_to = "client"
    log_name = "invitation:{row.pk}"

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    address = models.EmailField(max_length=150)
    mailbox_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of the mailbox behind the address: for the limits, not for reading."""
    given_name = models.CharField(max_length=150, blank=True)
    family_name = models.CharField(max_length=150, blank=True)
    invited_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, blank=True)
    mail_due_at = models.DateTimeField(null=True)
    """When the mail is sent, or tried again; empty when there is nothing to send."""
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=60, blank=True)
    """Why the mail was given up."""
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = InvitationManager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mail_due_at__isnull=False),
                name="invitation_mails_due",
            ),
            models.Index(fields=("mailbox_hash", "mailed_at"), name="invitation_mails_by_mailbox"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("client", "address"),
                condition=_OPEN,
                name="an_address_has_one_open_invitation_per_client",
            ),
            models.UniqueConstraint(
                fields=("token_hash",),
                condition=~Q(token_hash=""),
                name="a_token_opens_one_invitation",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, declined_at=None)
                | Q(accepted_at=None, withdrawn_at=None)
                | Q(declined_at=None, withdrawn_at=None),
                name="an_invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_accepted_invitation_has_an_account",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="an_invitation_expires_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")),
                name="an_invited_address_is_in_small_letters",
            ),
        )

    def __str__(self) -> str:
        return f"{self.address} · {Role(self.role).label} · {self.client}"
