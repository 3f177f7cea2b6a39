"""Staff: invite somebody to a client, change what they may do there, let them go."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.models import Client, Membership, User
from campaigns.rules.roles import Role
from campaigns.services import audit

SET_PASSWORD = "set_password"  # noqa: S105 - the name of an address
"""The page behind an invitation's link; it takes the user's id in base 64 and the token."""


class AlreadyThere(DomainError):
    """The person has a role at this client already."""

    code = "staff_already_there"


class LastOwner(DomainError):
    """A client always has an owner; this one is the last."""

    code = "last_owner"


class NotAnAddress(DomainError):
    """An invitation needs an address that can be written to."""

    code = "not_an_address"


class HasPassword(DomainError):
    """Somebody who has a password needs no invitation."""

    code = "has_password"


@dataclass(frozen=True)
class Invitation:
    """What an invitation made. ``link`` sets a password once; it is empty for who has one.

    It is shown to whoever invited this one time and stored nowhere.
    """

    membership: Membership
    link: str


def invite(
    client: Client,
    *,
    email: str,
    role: Role,
    actor: User | None,
    at: datetime,
    given_name: str = "",
    family_name: str = "",
) -> Invitation:
    """Give somebody a role at a client, with an account where they have none, and write to them.

    The account has no password until its owner sets one by the link, which
    Django's token generator signs: it works once and for three days.

    Raises:
        NotAnAddress: nobody can be written to there.
        AlreadyThere: they have a role here; change that one.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotAnAddress("Give an e-mail address, like ada@example.com.") from error
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=client.pk)
        user = User.objects.filter(email__iexact=address).order_by("pk").first()
        if user is None:
            user = User.objects.create_user(
                username=address[:150],
                email=address,
                first_name=given_name.strip()[:150],
                last_name=family_name.strip()[:150],
                is_staff=True,
            )
        if user.memberships.filter(client=client).exists():
            raise AlreadyThere(f"{user} works for {client} already. Change the role instead.")
        membership = Membership.objects.create(user=user, client=client, role=role.value)
        audit.record(
            "staff.invited",
            actor=actor,
            client=client,
            target=f"user:{user.pk}",
            at=at,
            after={"role": role.value},
        )
        link = "" if user.has_usable_password() else set_password_link(user)
        transaction.on_commit(lambda: _write_to(user, client, role, link))
    return Invitation(membership, link)


def invite_again(membership: Membership, *, actor: User | None, at: datetime) -> Invitation:
    """Send a new link to somebody who never set a password; an earlier one still works its time.

    Raises:
        HasPassword: they have one.
    """
    user = membership.user
    if user.has_usable_password():
        raise HasPassword(f"{user} has a password already.")
    link = set_password_link(user)
    with transaction.atomic():
        audit.record(
            "staff.invited_again",
            actor=actor,
            client=membership.client,
            target=f"user:{user.pk}",
            at=at,
        )
        transaction.on_commit(
            lambda: _write_to(user, membership.client, Role(membership.role), link)
        )
    return Invitation(membership, link)


@transaction.atomic
def change_role(
    membership: Membership, role: Role, *, actor: User | None, at: datetime
) -> Membership:
    """Give a member of staff another role at the client.

    Raises:
        LastOwner: the client would have none left.
        AlreadyThere: they have that role too.
    """
    membership = _locked(membership)
    before = membership.role
    if role.value == before:
        return membership
    if before == Role.OWNER:
        _keep_an_owner(membership)
    others = membership.user.memberships.filter(client=membership.client, role=role.value)
    if others.exists():
        raise AlreadyThere(f"{membership.user} has the role {role.label.lower()} already.")
    membership.role = role.value
    membership.save(update_fields=["role"])
    audit.record(
        "staff.role_changed",
        actor=actor,
        client=membership.client,
        target=f"user:{membership.user_id}",
        at=at,
        before={"role": before},
        after={"role": role.value},
    )
    return membership


@transaction.atomic
def withdraw_role(membership: Membership, *, actor: User | None, at: datetime) -> None:
    """Take a role from a member of staff; without another, the client does not exist for them.

    Raises:
        LastOwner: the client would have none left.
    """
    membership = _locked(membership)
    if membership.role == Role.OWNER:
        _keep_an_owner(membership)
    audit.record(
        "staff.role_withdrawn",
        actor=actor,
        client=membership.client,
        target=f"user:{membership.user_id}",
        at=at,
        before={"role": membership.role},
    )
    membership.delete()


def set_password_link(user: User) -> str:
    """Return a link by which ``user`` sets a password, once."""
    place = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse(SET_PASSWORD, args=[place, default_token_generator.make_token(user)])
    return f"{env().public_site_url}{path}"


def _locked(membership: Membership) -> Membership:
    """Lock the client, so that two owners cannot let each other go at the same moment."""
    Client.objects.select_for_update().get(pk=membership.client_id)
    return Membership.objects.select_related("user", "client").get(pk=membership.pk)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        client=membership.client, role=Role.OWNER.value, user__is_active=True
    )
    if not owners.exclude(user=membership.user).exists():
        raise LastOwner(
            f"{membership.user} is the last owner of {membership.client}. Make another one first."
        )


def _write_to(user: User, client: Client, role: Role, link: str) -> None:
    how = (
        f"Set your password here; the link works once:\n{link}"
        if link
        else f"Sign in as before:\n{env().public_site_url}{reverse('admin:login')}"
    )
    send_mail(
        subject=f"You work on campaigns of {client} now",
        message=f"Hello {user.first_name or 'there'},\n\nyou have been invited to the campaigns of "
        f"{client} as {role.label.lower()}.\n\n{how}\n",
        from_email=None,
        recipient_list=[user.email],
        # The link is shown to whoever invited, too: a mail that fails must not undo the invitation.
        fail_silently=True,
    )
