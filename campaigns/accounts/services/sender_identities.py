"""Sending identities: assigned to one client by an operator, and taken away again."""

from datetime import datetime

from django.db import transaction

from campaigns.accounts.models import Client, SenderIdentity, User
from campaigns.accounts.rules.senders import covers, overlap, tidy_identity
from campaigns.accounts.services import audit
from campaigns.accounts.services.errors import (
    IdentityTaken,
    NotAnIdentity,
    NotAnOperator,
    PlatformsAddress,
)
from campaigns.accounts.services.sender import check_identity, platform_address


def assign_identity(client: Client, typed: str, *, actor: User, at: datetime) -> SenderIdentity:
    """Let the mails of ``client``, and of no other, come from a domain or an address.

    Two operators may assign parts of one domain at the same moment, which no unique
    index sees; so every client's row is locked, and the second is refused.

    Raises:
        NotAnOperator, NotAnIdentity, IdentityTaken, PlatformsAddress: see there.
    """
    _refuse_others(actor)
    wanted = tidy_identity(typed)
    if not wanted:
        raise NotAnIdentity("Enter a domain such as nordlicht.example, or an e-mail address at it.")
    if covers(wanted, platform_address()):
        raise PlatformsAddress(
            "Every client's e-mails may come from this address. It can't be given to one of them."
        )
    with transaction.atomic():
        # Without a key's lock: rows that name a client may be added meanwhile.
        list(Client.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        for known in SenderIdentity.objects.select_related("client"):
            same = known.client_id == client.pk
            if known.identity == wanted or (not same and overlap(known.identity, wanted)):
                raise IdentityTaken(
                    f"{known.identity} belongs to {known.client} already."
                    + ("" if same else " Remove it there first.")
                )
        identity = SenderIdentity.objects.create(
            client=client, identity=wanted, assigned_at=at, assigned_by=actor
        )
        audit.record(identity, "sender.assigned", actor=actor, at=at, after={"client": client.name})
    check_identity(identity, at=at)
    return identity


@transaction.atomic
def withdraw_identity(identity: SenderIdentity, *, actor: User, at: datetime) -> None:
    """Take an identity from its client, whose mails come from the platform's address from then on.

    Taken a second time, nothing happens.

    Raises:
        NotAnOperator: see there.
    """
    _refuse_others(actor)
    client = Client.objects.select_for_update(no_key=True).get(pk=identity.client_id)
    deleted, _ = SenderIdentity.objects.filter(pk=identity.pk).delete()
    if not deleted:
        return
    chosen = client.sender_email
    others = client.sender_identities.values_list("identity", flat=True)
    if chosen and not any(covers(other, chosen) for other in others):
        Client.objects.filter(pk=client.pk).update(sender_email="")
        client.sender_email = ""
    audit.record(
        identity,
        "sender.withdrawn",
        actor=actor,
        at=at,
        before={"client": client.name, "sender_email": chosen},
        after={"sender_email": client.sender_email},
    )


def _refuse_others(actor: User) -> None:
    if not actor.is_superuser:
        raise NotAnOperator("Only a CampaignHub operator can assign senders.")
