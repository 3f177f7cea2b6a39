"""Clients: the companies whose campaigns the agency runs."""

from django.db import models

from campaigns.accounts.models.sender import check_sender_name
from campaigns.accounts.tenancy import TenantModel


class Client(TenantModel):
    """A company that owns campaigns; staff are confined to their clients."""

    belongs_to = "pk"
    log_name = "client:{row.name}"

    name = models.CharField(max_length=120, unique=True, validators=[check_sender_name])
    """Stands before the address of its mails too, unless ``sender_name`` does."""
    legal_name = models.CharField(
        max_length=200, blank=True, help_text="As it stands in the official rules."
    )
    address = models.TextField(max_length=500, blank=True)
    help_email = models.EmailField(
        blank=True, help_text="Where entrants' questions and replies go."
    )
    help_phone = models.CharField(max_length=40, blank=True)
    sender_name = models.CharField(max_length=100, blank=True, validators=[check_sender_name])
    sender_email = models.EmailField(blank=True)
    """Chosen among the client's ``sender_identities``; checked again whenever a mail is sent
    (``services.sender``). Empty: the platform's own.
    """

    page_domain = models.CharField(max_length=253, blank=True, editable=False)
    """Of its campaigns' pages, among the installation's. Empty: the installation's first."""
    block_list_due = models.BooleanField(default=False, editable=False)
    """Whether the submissions table still holds an earlier block list."""

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["page_domain"],
                condition=~models.Q(page_domain=""),
                name="page_domain_is_one_clients",
            ),
        )

    def __str__(self) -> str:
        return self.name
