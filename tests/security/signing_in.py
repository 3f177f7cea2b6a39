"""What tests of sign-ins send, and a hasher that counts how often it is asked."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Role
from tests.campaigns.factories import make_client, make_user

OURS = "campaignhub.passwords.Argon2Hasher"
RIGHT = "correct horse battery"
WRONG = "wrong horse battery"
TOO_MANY = "Too many sign-in attempts. Try again in"


class CountingHasher(MD5PasswordHasher):
    """A quick hasher: ``hashed`` grows by one with each password that is looked at."""

    hashed: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        """Hash and count; to verify is to encode as well."""
        type(self).hashed += 1
        encoded: str = super().encode(password, salt)
        return encoded


def make_account(*roles: tuple[Client, Role], name: str = "") -> User:
    """Make an owner (or what ``roles`` say) with the right password."""
    user = make_user(*(roles or ((make_client(f"Client {uuid4().hex[:8]}"), Role.OWNER),)))
    user.username = name or user.username
    user.set_password(RIGHT)
    user.save()
    return user


def sign_in(
    name: str,
    password: str,
    browser: Browser | None = None,
    *,
    address: str = "127.0.0.1",
    forwarded: str = "",
) -> Any:
    """Send the sign-in form."""
    sent = {"X-Forwarded-For": forwarded} if forwarded else {}
    return (browser or Browser(REMOTE_ADDR=address)).post(
        reverse("admin:login"), {"username": name, "password": password}, headers=sent
    )


def is_in(answer: Any) -> bool:
    """Tell whether a sign-in led on."""
    return bool(answer.status_code == 302)


def words(answer: Any) -> str:
    """Return what the page shows, without what differs by request."""
    form = answer.context["form"]
    return " ".join(str(error) for error in form.non_field_errors())
