"""What the receiver of an invitation does with it: open it, accept it, decline it."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from campaigns.accounts.models import Client, Invitation, Membership, User
from campaigns.accounts.rules.invitations import clean_address
from campaigns.accounts.rules.plain_names import is_persons_name
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import passwords
from campaigns.accounts.services.auditors import refuse_dependence
from campaigns.accounts.services.errors import (
    AnotherAccount,
    HasAccount,
    InvitationOver,
)
from campaigns.accounts.services.invitations.shared import hash_of, is_of, locked, log, may_invite

_SIGN_IN = "This address has an account. Sign in to accept the invitation."


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
    accounts = [account for account in alike if is_of(account, address)]
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
    own = {clean_address(account.email), account.username}
    return Invitation.objects.open_at(at).filter(address__in=own - {None, ""}).exists()


def accept(invitation_id: int, *, account: User, at: datetime) -> Membership:
    """Accept an invitation for an account that is signed in. It keeps its own names.

    Raises:
        InvitationOver: it cannot be accepted any more.
        AnotherAccount: it was sent to another address.
        AuditorsRoleIsAlone: the account has a role there that goes with no other.
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
        ValidationError: the password is too easy to guess, or the name is none.
        InvitationOver: it cannot be accepted any more.
        HasAccount: there is one by now; it signs in to accept.
    """
    invitation = open_invitation(invitation_id, at=at)
    given_name, family_name = given_name.strip()[:150], family_name.strip()[:150]
    check_name_choice(given_name, family_name)
    check_password_choice(password, invitation, first_name=given_name, last_name=family_name)
    encoded = make_password(password)  # before the locks: it takes a while
    try:
        with transaction.atomic():
            invitation = _locked_invitation(invitation_id, at)
            account = _account_to_complete(invitation.address)
            account.first_name, account.last_name = given_name, family_name
            account.password = encoded
            account.save()
            _join(invitation, account, at)
    except IntegrityError as exc:
        # Another client's invitation made the account at this moment; only its name is unique.
        raise HasAccount(_SIGN_IN) from exc
    return account


def _account_to_complete(address: str) -> User:
    """Return a new account, or the one that never had a password, locked: two may want it."""
    found = account_of(address)
    if found is None:
        return User(username=address, email=address)
    account = User.objects.select_for_update().get(pk=found.pk)
    if is_completed(account):
        raise HasAccount(_SIGN_IN)
    return account


def check_name_choice(given_name: str, family_name: str) -> None:
    """Refuse what cannot be a person's name: colleagues, mails and the log call the account so.

    Raises:
        ValidationError: worded for the person who chooses.
    """
    if not is_persons_name(f"{given_name} {family_name}"):
        raise ValidationError(
            "Enter your own name, in letters, spaces, hyphens and apostrophes.", code="not_a_name"
        )


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
    passwords.refuse_names(
        password, passwords.names_of(Client.objects.filter(pk=invitation.client_id))
    )


def decline(invitation_id: int, *, at: datetime) -> None:
    """Decline an invitation: its link stops working.

    Raises:
        InvitationOver: it has ended before.
    """
    with transaction.atomic():
        invitation = _locked_invitation(invitation_id, at)
        invitation.declined_at, invitation.mail_due_at = at, None
        invitation.save(update_fields=["declined_at", "mail_due_at"])
        log("staff.invitation_declined", invitation, actor=None, at=at)


def _join(invitation: Invitation, account: User, at: datetime) -> Membership:
    """Make the account a member. Both rows are locked: of two that accept, one does."""
    account = User.objects.select_for_update().get(pk=account.pk)
    refuse_dependence(account, invitation.client, Role(invitation.role))
    if not account.is_staff:
        account.is_staff = True
        account.save(update_fields=["is_staff"])
    membership, _ = Membership.objects.get_or_create(
        user=account, client=invitation.client, role=invitation.role
    )
    invitation.accepted_at, invitation.accepted_by = at, account
    invitation.mail_due_at = None
    invitation.save(update_fields=["accepted_at", "accepted_by", "mail_due_at"])
    log("staff.joined", invitation, actor=account, at=at)
    return membership


def _locked_invitation(invitation_id: int, at: datetime) -> Invitation:
    """Lock the client of an invitation, then read the invitation if it is still open."""
    found = Invitation.objects.filter(pk=invitation_id).select_related("client").first()
    if found is None:
        raise _over(None)
    locked(found.client)
    return open_invitation(invitation_id, at=at)


def _open(invitation: Invitation | None, at: datetime) -> Invitation:
    if invitation is None or at >= invitation.expires_at or _ended(invitation):
        raise _over(invitation)
    if not may_invite(invitation.invited_by, invitation.client):
        raise InvitationOver(
            "This invitation was withdrawn. Ask the person who invited you for a new one."
        )
    return invitation


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
        return InvitationOver(
            "This invitation was declined. If you changed your mind, ask for a new one."
        )
    if invitation.withdrawn_at:
        return InvitationOver(
            "This invitation was withdrawn or replaced by a newer one. Use the link in the latest "
            "invitation e-mail, or ask for a new invitation."
        )
    return InvitationOver(
        "This invitation has expired. Ask the person who invited you for a new one."
    )
