"""Inviting a colleague to a client, again, and taking it back."""

from datetime import datetime, timedelta
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from campaigns.accounts.models import Client, Invitation, User
from campaigns.accounts.rules.invitations import (
    LIFETIME,
    MOST_OF_CLIENT,
    MOST_TO_MAILBOX,
    clean_address,
)
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.errors import (
    AlreadyMember,
    InvitationOver,
    MayNotInvite,
    NotAnAddress,
    TooManyInvitations,
)
from campaigns.accounts.services.invitations.shared import (
    is_of,
    locked,
    log,
    mailbox_hash,
    may_invite,
)


@transaction.atomic
def invite(
    client: Client,
    *,
    address: str,
    role: Role,
    actor: User | None,
    at: datetime,
    given_name: str = "",
    family_name: str = "",
) -> Invitation:
    """Invite an address to a client; an earlier invitation of the same is withdrawn.

    Whether the address has an account is not looked at, so neither the answer
    nor the time it takes can tell. The mail goes out from the worker.

    Raises:
        NotAnAddress: no mail can be sent there.
        AlreadyMember: it is a colleague's; change the role instead.
        MayNotInvite: ``actor`` does not manage the client's staff (any more).
        TooManyInvitations: an hour's or a day's number is reached.
    """
    cleaned = _cleaned(address)
    client = locked(client)
    if not may_invite(actor, client):
        raise MayNotInvite(f"You can't invite colleagues to {client} any more.")
    if any(is_of(user, cleaned) for user in User.objects.filter(memberships__client=client)):
        raise AlreadyMember(f"{cleaned} already works for {client}. Change the role instead.")
    _check_numbers(client, cleaned, at)
    Invitation.objects.not_ended().filter(client=client, address=cleaned).update(
        withdrawn_at=at, mail_due_at=None
    )
    invitation: Invitation = Invitation.objects.create(
        client=client,
        address=cleaned,
        mailbox_hash=mailbox_hash(cleaned),
        role=role.value,
        given_name=given_name.strip()[:150],
        family_name=family_name.strip()[:150],
        invited_by=actor,
        created_at=at,
        expires_at=at + LIFETIME,
        mail_due_at=at,
    )
    log("staff.invited", invitation, actor=actor, at=at)
    return invitation


def reinvite(invitation: Invitation, *, actor: User | None, at: datetime) -> Invitation:
    """Send another mail with a new link; the earlier one stops working.

    Raises:
        InvitationOver: it was accepted, declined or withdrawn meanwhile.
        and what :func:`invite` raises.
    """
    with transaction.atomic():
        locked(invitation.client)
        if not Invitation.objects.not_ended().filter(pk=invitation.pk).exists():
            raise InvitationOver("This invitation has ended. Invite the address again.")
        return invite(
            invitation.client,
            address=invitation.address,
            role=Role(invitation.role),
            given_name=invitation.given_name,
            family_name=invitation.family_name,
            actor=actor,
            at=at,
        )


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User | None, at: datetime) -> None:
    """Withdraw an invitation: its link stops working.

    Raises:
        InvitationOver: it was accepted, declined or withdrawn before.
    """
    locked(invitation.client)
    withdrawn = Invitation.objects.not_ended().filter(pk=invitation.pk)
    if not withdrawn.update(withdrawn_at=at, mail_due_at=None):
        raise InvitationOver("This invitation has ended already.")
    log("staff.invitation_withdrawn", invitation, actor=actor, at=at)


def withdraw_those_of(inviter: User, client: Client, *, actor: User | None, at: datetime) -> int:
    """Withdraw what an inviter has sent who no longer manages the client's staff.

    Else who is let go could come back by an invitation sent to an address of their own
    the day before. The client is locked by the caller.
    """
    if may_invite(inviter, client):
        return 0
    sent = list(Invitation.objects.not_ended().filter(client=client, invited_by=inviter))
    for invitation in sent:
        withdraw(invitation, actor=actor, at=at)
    return len(sent)


def _cleaned(address: str) -> str:
    cleaned = clean_address(address)
    try:
        validate_email(cleaned or "")
    except ValidationError as error:
        raise NotAnAddress(
            "Enter an e-mail address such as ada@example.com, in plain letters (a to z)."
        ) from error
    return cast(str, cleaned)


def _check_numbers(client: Client, address: str, at: datetime) -> None:
    """Count what this client has sent. Other clients' invitations are not its business."""
    sent = Invitation.objects.filter(client=client)
    to_mailbox = sent.filter(mailbox_hash=mailbox_hash(address))
    _check(to_mailbox, MOST_TO_MAILBOX, at, f"to {address}")
    _check(sent, MOST_OF_CLIENT, at, f"for {client}")


def _check(
    sent: QuerySet[Invitation],
    most: tuple[tuple[timedelta, int], ...],
    at: datetime,
    where: str,
) -> None:
    for window, number in most:
        if sent.filter(created_at__gt=at - window).count() >= number:
            again = "in an hour" if window <= timedelta(hours=1) else "tomorrow"
            raise TooManyInvitations(f"Too many invitations {where}. Try again {again}.")
