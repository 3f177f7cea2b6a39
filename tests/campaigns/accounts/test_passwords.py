"""Which passwords staff may choose."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.passwords import names_of, refuse_names
from tests.campaigns.factories import make_client, make_draft, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    """A moderator of a client with a campaign."""
    client = make_client("Nordlicht Foods")
    make_draft(client=client, name="Sommerfest", slug="sommerfest-26")
    user = make_user((client, Role.MODERATOR))
    User.objects.filter(pk=user.pk).update(
        username="ada.lovelace@example.com",
        email="ada.lovelace@example.com",
        first_name="Ada",
        last_name="Lovelace",
    )
    user.refresh_from_db()
    return user


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "our summer in Brittany was long",
        "jVq8-tuw2!mzR4",
        "Лето было очень тёплым",
        "nordlicht foods never served such soup",
    ],
)
def test_a_sentence_or_a_random_string_is_taken(password: str, ada: User) -> None:
    validate_password(password, ada)


@pytest.mark.parametrize(
    "password",
    [
        "short phrase"[:11],
        "password1234",
        "Welcome2026!!!",
        "aaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "123456789012",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "Nordlicht2026!",
        "N0rdlicht-F00ds",
        "nordlichtfoods-1",
        "Sommerfest2026",
        "CampaignHub2026!",
        "campaign-hub-26",
        "Ada Lovelace 1815!",
        "L0velaceL0velace",
        "ada.lovelace@example.com",
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str, ada: User) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ada)


def test_a_refusal_speaks_of_the_person_and_names_no_column(ada: User) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(ada.username, ada)
    assert any("your name or e-mail address" in sentence for sentence in refused.value.messages)
    assert "username" not in " ".join(refused.value.messages)


def test_names_of_other_clients_are_not_told_by_a_refusal(ada: User) -> None:
    make_client("Fabrikam Brewing")
    validate_password("Fabrikam Brewing", ada)
    Membership.objects.filter(user=ada).delete()
    validate_password("nordlichtsommerfest", ada)


def test_the_client_of_an_invitation_is_no_password_either() -> None:
    client = make_client("Fabrikam Brewing")
    with pytest.raises(ValidationError):
        refuse_names("Fabrikam!2026", names_of(Client.objects.filter(pk=client.pk)))
