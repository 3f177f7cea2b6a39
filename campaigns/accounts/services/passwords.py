"""Which passwords staff may choose: not what a guesser who knows the client tries first."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.passwords import core_of, is_pattern, leans_on, names_within
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.tenancy import unscoped

PRODUCT = "CampaignHub"

Namer = Callable[[QuerySet[Client]], Iterable[str]]
_namers: list[Namer] = []


def refuse_also(namer: Namer) -> None:
    """Let no password lean on what ``namer`` says of a person's clients either."""
    if namer not in _namers:
        _namers.append(namer)


class UnlikeThePerson(UserAttributeSimilarityValidator):
    """Django's validator, which names columns: a person knows no "username" of an account to come."""

    def get_error_message(self) -> str:
        """Return what is said where a password is close to a name or an address of the person."""
        return "This password is too close to your name or e-mail address. Choose another."


class HardToGuess:
    """A validator for ``AUTH_PASSWORD_VALIDATORS``, beside Django's own."""

    def __init__(self) -> None:
        self._common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse patterns, common words with a few digits, and names from around the person."""
        if is_pattern(password) or core_of(password) in self._common:
            raise ValidationError(
                "This password is easy to guess. Try a sentence.", code="password_too_easy"
            )
        refuse_names(password, [PRODUCT, *(_names_around(user) if user else [])])

    def get_help_text(self) -> str:
        """Return what Django shows beside its own forms."""
        return "Don't use the name of the client, a campaign, the product or yourself."


def refuse_names(password: str, names: Iterable[str]) -> None:
    """Refuse a password of which little is left without these names.

    Raises:
        ValidationError: worded for the person who chooses.
    """
    if leans_on(password, names_within(names)):
        raise ValidationError(
            "This password is mostly a name that others know: of the client, a campaign, the "
            "product or yourself. Add more words, or choose another.",
            code="password_is_a_name",
        )


def names_of(clients: QuerySet[Client]) -> list[str]:
    """Return what clients are called, and what rooms above know by a name."""
    own = [name for pair in clients.values_list("name", "legal_name") for name in pair]
    return [*own, *(name for namer in _namers for name in namer(clients))]


def _names_around(user: User) -> list[str]:
    own = [user.username, user.email.partition("@")[0], user.first_name, user.last_name]
    if user.pk is None:
        return own
    with unscoped("Django's own command to change a password asks too"):
        return [*own, *names_of(clients_of(user))]
