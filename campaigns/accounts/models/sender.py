"""Sending identities: from which addresses a client's mails may come."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from campaigns.accounts.rules.senders import sender_name_problem
from campaigns.accounts.tenancy import TenantModel


def check_sender_name(name: str) -> None:
    """Refuse a name that a mail program would show as somebody else's address."""
    if sentence := sender_name_problem(name):
        raise ValidationError(sentence)


class SenderIdentity(TenantModel):
    """A domain or an address, and the one client whose mails may come from it; assigned by operators.

    ``identity`` is spelled as :func:`campaigns.accounts.rules.senders.tidy_identity` does.
    """

    belongs_to = "client"
    log_name = "sender:{row.identity}"

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.PROTECT, related_name="sender_identities"
    )
    identity = models.CharField(max_length=254, unique=True)
    verified_at = models.DateTimeField(null=True)
    """When the mail service last said that it sends for it; nothing where it says that it does not."""
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("identity",)
        verbose_name = "sender"
        constraints = (
            models.CheckConstraint(
                condition=Q(identity=Lower(F("identity"))),
                name="sender_identity_is_in_small_letters",
            ),
        )

    def __str__(self) -> str:
        return self.identity

    @property
    def is_domain(self) -> bool:
        """Whether it is a domain, with every address at it."""
        return "@" not in self.identity
