"""Invitations: invite, withdraw, and what their receiver does with them: accept or decline."""

import hashlib
from datetime import datetime, timedelta
from typing import cast

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from campaignhub.errors import DomainError
from campaigns.models import Client, Invitation, Membership, User
from campaigns.rules.invitations import (
    LIFETIME,
    MOST_OF_CLIENT,
    MOST_TO_ADDRESS,
    clean_address,
)
from campaigns.rules.roles import Capability, Role
from campaigns.services import audit, passwords
from campaigns.services.scope import can


class NotAnAddress(DomainError):
    """An invitation needs an address that mail can be sent to."""

    code = "not_an_address"


class AlreadyMember(DomainError):
    """The address belongs to a member of this client already."""

    code = "already_member"


class MayNotInvite(DomainError):
    """Who invites manages the client's staff, at this moment and until the invitation is accepted."""

    code = "may_not_invite"


class TooManyInvitations(DomainError):
    """Invitations are mail to people who have not asked for it."""

    code = "too_many_invitations"


class InvitationOver(DomainError):
    """An invitation that cannot be accepted: used, declined, withdrawn, expired, or none of ours."""

    code = "invitation_over"


class AnotherAccount(DomainError):
    """An invitation is accepted by the account of its own address."""

    code = "another_account"


class HasAccount(DomainError):
    """The address has an account, which signs in to accept."""

    code = "has_account"


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
    client = _locked(client)
    _check_inviter(actor, client)
    if any(_is_of(user, cleaned) for user in User.objects.filter(memberships__client=client)):
        raise AlreadyMember(f"{cleaned} already works for {client}. Change the role instead.")
    _check_numbers(client, cleaned, at)
    Invitation.objects.not_ended().filter(client=client, address=cleaned).update(
        withdrawn_at=at, mail_due_at=None
    )
    invitation: Invitation = Invitation.objects.create(
        client=client,
        address=cleaned,
        role=role.value,
        given_name=given_name.strip()[:150],
        family_name=family_name.strip()[:150],
        invited_by=actor,
        created_at=at,
        expires_at=at + LIFETIME,
        mail_due_at=at,
    )
    _log("staff.invited", invitation, actor=actor, at=at)
    return invitation


def invite_again(invitation: Invitation, *, actor: User | None, at: datetime) -> Invitation:
    """Send another mail with a new link; the earlier one stops working.

    Raises:
        InvitationOver: it was accepted, declined or withdrawn meanwhile.
        and what :func:`invite` raises.
    """
    with transaction.atomic():
        _locked(invitation.client)
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
    _locked(invitation.client)
    withdrawn = Invitation.objects.not_ended().filter(pk=invitation.pk)
    if not withdrawn.update(withdrawn_at=at, mail_due_at=None):
        raise InvitationOver("This invitation has ended already.")
    _log("staff.invitation_withdrawn", invitation, actor=actor, at=at)


def withdraw_those_of(inviter: User, client: Client, *, actor: User | None, at: datetime) -> int:
    """Withdraw what an inviter has sent who no longer manages the client's staff.

    Else who is let go could come back by an invitation sent to an address of their own
    the day before. The client is locked by the caller.
    """
    if can(inviter, Capability.STAFF_MANAGE, client):
        return 0
    sent = list(Invitation.objects.not_ended().filter(client=client, invited_by=inviter))
    for invitation in sent:
        withdraw(invitation, actor=actor, at=at)
    return len(sent)


def invitation_of(token: str, *, at: datetime) -> Invitation:
    """Return the open invitation that a mail's token belongs to.

    Raises:
        InvitationOver: there is none.
    """
    rows = Invitation.objects.select_related("client", "invited_by")
    found = rows.filter(token_hash=hash_of(token)).first() if token else None
    return _open(found, at)


def open_invitation(invitation_id: int, *, at: datetime) -> Invitation:
    """Return an invitation whose token was shown before, if it is still open.

    Raises:
        InvitationOver: it is not.
    """
    rows = Invitation.objects.select_related("client", "invited_by")
    return _open(rows.filter(pk=invitation_id).first(), at)


def account_of(address: str) -> User | None:
    """Return the account of an address. Only its mailbox may learn whether there is one.

    An account that never had a password is none yet: it is completed by accepting.
    """
    # The database takes more signs for one another than we do: its answer is looked at again.
    alike = User.objects.filter(Q(email__iexact=address) | Q(username=address))
    accounts = [account for account in alike if _is_of(account, address)]
    # Its own address is meant, before an older account that is merely called so.
    accounts.sort(key=lambda account: clean_address(account.email) != address)
    return next(iter(accounts), None)


def is_completed(account: User | None) -> bool:
    """Tell whether an account is somebody's: it has a password, or operators have put it out of use."""
    return account is not None and (
        account.has_usable_password() or account.is_superuser or not account.is_active
    )


def waits_for(account: User, *, at: datetime) -> bool:
    """Tell whether an open invitation waits for an account, so that it may sign in to accept it."""
    own = {account.email.lower(), account.username} - {""}
    return bool(Invitation.objects.open_at(at).filter(address__in=own).exists())


def accept(invitation_id: int, *, account: User, at: datetime) -> Membership:
    """Accept an invitation for an account that is signed in. It keeps its own names.

    Raises:
        InvitationOver: it cannot be accepted any more.
        AnotherAccount: it was sent to another address.
    """
    with transaction.atomic():
        invitation = _locked_invitation(invitation_id, at)
        if account_of(invitation.address) != account:
            raise AnotherAccount(f"This invitation is for {invitation.address}.")
        return _join(invitation, account, at)


def accept_as_new(
    invitation_id: int, *, password: str, given_name: str, family_name: str, at: datetime
) -> User:
    """Accept an invitation for an address without an account, which makes one.

    The mailbox has proved the address: the token was in it.

    Raises:
        ValidationError: the password is too easy to guess.
        InvitationOver: it cannot be accepted any more.
        HasAccount: there is one by now; it signs in to accept.
    """
    invitation = open_invitation(invitation_id, at=at)
    names = {"first_name": given_name.strip()[:150], "last_name": family_name.strip()[:150]}
    check_password_choice(password, invitation, **names)
    encoded = make_password(password)  # before the lock: it takes a while
    with transaction.atomic():
        invitation = _locked_invitation(invitation_id, at)
        account = account_of(invitation.address)
        if is_completed(account):
            raise HasAccount("This address has an account. Sign in to accept the invitation.")
        if account is None:
            account = User(username=invitation.address, email=invitation.address)
        account.first_name, account.last_name = names["first_name"], names["last_name"]
        account.password = encoded
        account.save()
        _join(invitation, account, at)
    return account


def check_password_choice(
    password: str, invitation: Invitation, *, first_name: str = "", last_name: str = ""
) -> None:
    """Refuse a password that is easy to guess by those who know who joins whom.

    Raises:
        ValidationError: worded for the person who chooses.
    """
    person = User(
        username=invitation.address,
        email=invitation.address,
        first_name=first_name,
        last_name=last_name,
    )
    validate_password(password, person)
    passwords.refuse_names(password, passwords.names_of(invitation.client))


def decline(invitation_id: int, *, at: datetime) -> None:
    """Decline an invitation: its link stops working.

    Raises:
        InvitationOver: it has ended before.
    """
    with transaction.atomic():
        invitation = _locked_invitation(invitation_id, at)
        invitation.declined_at, invitation.mail_due_at = at, None
        invitation.save(update_fields=["declined_at", "mail_due_at"])
        _log("staff.invitation_declined", invitation, actor=None, at=at)


def hash_of(token: str) -> str:
    """Return how a token is kept. It is random enough to need no key and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _join(invitation: Invitation, account: User, at: datetime) -> Membership:
    """Make the account a member. Both rows are locked: of two that accept, one does."""
    account = User.objects.select_for_update().get(pk=account.pk)
    if not account.is_staff:
        account.is_staff = True
        account.save(update_fields=["is_staff"])
    membership, _ = Membership.objects.get_or_create(
        user=account, client=invitation.client, role=invitation.role
    )
    invitation.accepted_at, invitation.accepted_by = at, account
    invitation.mail_due_at = None
    invitation.save(update_fields=["accepted_at", "accepted_by", "mail_due_at"])
    _log("staff.joined", invitation, actor=account, at=at)
    return membership


def _locked_invitation(invitation_id: int, at: datetime) -> Invitation:
    """Lock the client of an invitation, then read the invitation if it is still open."""
    found = Invitation.objects.filter(pk=invitation_id).select_related("client").first()
    if found is None:
        raise _over(None)
    _locked(found.client)
    return open_invitation(invitation_id, at=at)


def _open(invitation: Invitation | None, at: datetime) -> Invitation:
    if invitation is None or at >= invitation.expires_at or _ended(invitation):
        raise _over(invitation)
    try:
        _check_inviter(invitation.invited_by, invitation.client)
    except MayNotInvite as exc:
        raise InvitationOver("This invitation was withdrawn.") from exc
    return invitation


def _is_of(account: User, address: str) -> bool:
    return address in (clean_address(account.email), account.username)


def _ended(invitation: Invitation) -> bool:
    return bool(invitation.accepted_at or invitation.declined_at or invitation.withdrawn_at)


def _over(invitation: Invitation | None) -> InvitationOver:
    """Say why an invitation cannot be accepted, to who has its link."""
    if invitation is None:
        return InvitationOver(
            "This link is not complete, or a newer e-mail has replaced it. Use the link in the "
            "latest invitation e-mail."
        )
    if invitation.accepted_at:
        return InvitationOver("This invitation has been accepted. Sign in to start working.")
    if invitation.declined_at:
        return InvitationOver("This invitation was declined. Ask for a new one.")
    if invitation.withdrawn_at:
        return InvitationOver(
            "This invitation was withdrawn or replaced by a newer one. Use the link in the latest "
            "invitation e-mail, or ask for a new invitation."
        )
    return InvitationOver("This invitation has expired. Ask for a new one.")


def _cleaned(address: str) -> str:
    cleaned = clean_address(address)
    try:
        validate_email(cleaned or "")
    except ValidationError as error:
        raise NotAnAddress(
            "Enter an e-mail address such as ada@example.com, in plain letters (a to z)."
        ) from error
    return cast(str, cleaned)


def _locked(client: Client) -> Client:
    """Lock the client: who joins it and who leaves it is decided one after the other."""
    return Client.objects.select_for_update().get(pk=client.pk)


def _check_inviter(inviter: User | None, client: Client) -> None:
    """Refuse who does not manage the staff of a client. The system itself may."""
    if inviter is not None and not can(inviter, Capability.STAFF_MANAGE, client):
        raise MayNotInvite(f"You can't invite colleagues to {client} any more.")


def _check_numbers(client: Client, address: str, at: datetime) -> None:
    """Count what this client has sent. Other clients' invitations are not its business."""
    sent = Invitation.objects.filter(client=client)
    _check(sent.filter(address=address), MOST_TO_ADDRESS, at, f"to {address}")
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


def _log(code: str, invitation: Invitation, *, actor: User | None, at: datetime) -> None:
    audit.record(
        code,
        actor=actor,
        client=invitation.client,
        target=f"invitation:{invitation.pk}",
        at=at,
        after={"role": invitation.role},
    )
