"""Senders: which addresses a client may send from, and what the mail service says of them."""

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from moto.ses.models import ses_backends

from campaignhub import aws
from campaigns.accounts.models import SenderIdentity
from campaigns.accounts.rules.senders import (
    covers,
    names_at_the_service,
    overlap,
    sender_name_problem,
    tidy_identity,
)
from campaigns.accounts.services import sender
from campaigns.accounts.services.errors import (
    IdentityTaken,
    NotAnIdentity,
    NotAnOperator,
    PlatformsAddress,
)
from campaigns.accounts.services.sender import check_identity, check_sender, verified_sender
from campaigns.accounts.services.sender_identities import assign_identity, withdraw_identity
from campaigns.setup.services.campaign import sender_of
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import NOON, logged, make_client, make_draft, make_user

NAMES = ("nordlicht.example", "mail.nordlicht.example", "licht.example", "a@nordlicht.example")


def make_operator():
    """Make somebody who runs the installation."""
    user = make_user()
    user.is_superuser = True
    user.save()
    return user


# ------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Nordlicht.Example. ", "nordlicht.example"),
        ("@nordlicht.example", "nordlicht.example"),
        ("Hello@Nordlicht.example", "hello@nordlicht.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("a@b@nordlicht.example", ""),
        ("nordlicht", ""),
        ("nordlicht..example", ""),
        ("-nordlicht.example", ""),
        ("127.0.0.1", ""),
        ("nord licht.example", ""),
        ("nordlicht.example\nBcc: x@y.example", ""),
        ('"a b"@nordlicht.example', ""),
        ("a..b@nordlicht.example", ""),
        (f"a@{'b' * 64}.example", ""),
        ("", ""),
        ("@", ""),
    ],
)
def test_a_domain_or_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert tidy_identity(typed) == kept
    assert tidy_identity(kept) == kept


def test_a_domain_covers_its_addresses_and_those_of_its_subdomains_and_an_address_itself() -> None:
    assert covers("nordlicht.example", "Hello@Nordlicht.example")
    assert covers("nordlicht.example", "hello@mail.nordlicht.example")
    assert not covers("mail.nordlicht.example", "hello@nordlicht.example")
    assert not covers("licht.example", "hello@nordlicht.example")
    assert covers("hello@nordlicht.example", "hello@nordlicht.example")
    assert not covers("hello@nordlicht.example", "bye@nordlicht.example")
    assert not covers("nordlicht.example", "nordlicht.example")
    assert not covers("nordlicht.example", "x@evil.example, y@nordlicht.example")


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["a", "a+b", "z"]))
def test_what_two_identities_both_cover_lets_them_overlap(one: str, other: str, local: str) -> None:
    assert overlap(one, other) is overlap(other, one)
    assert overlap(one, one)
    for domain in ("nordlicht.example", "mail.nordlicht.example", "licht.example"):
        address = f"{local}@{domain}"
        if covers(one, address) and covers(other, address):
            assert overlap(one, other)


def test_a_tag_makes_no_other_address() -> None:
    assert overlap("hello@agency.example", "hello+billing@agency.example")
    assert not overlap("hello@agency.example", "billing@agency.example")


def test_the_service_may_know_an_identity_by_itself_or_a_domain_above() -> None:
    assert names_at_the_service("a@mail.nordlicht.example") == [
        "a@mail.nordlicht.example",
        "mail.nordlicht.example",
        "nordlicht.example",
    ]
    assert names_at_the_service("nordlicht.example") == ["nordlicht.example"]


@pytest.mark.parametrize(
    "name", ["Nordlicht Foods", "Müller & Co.", "Booking.com", "O’Brien, Ltd", "北光", ""]
)
def test_a_name_may_stand_before_an_address(name: str) -> None:
    assert sender_name_problem(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "CampaignHub",
        "campaign-hub",
        "The Campaign Hub Team",
        "C4mpa1gnHub",
        "Carnpaign Hub",
        "\u0421ampaign\u041dub",
        "\uff23ampaignHub",
        "C\u00e0mpaignHub",
    ],
)
def test_no_name_before_an_address_reads_as_the_platforms(name: str) -> None:
    assert "can't contain CampaignHub" in sender_name_problem(name)


@pytest.mark.parametrize("name", ["Campaign for Hubs", "The Hub", "Sommerkampagne"])
def test_a_name_may_share_a_word_with_the_platforms(name: str) -> None:
    assert sender_name_problem(name) == ""


# ------------------------------------------------------------------ the service


@pytest.mark.django_db
def test_a_client_without_a_sender_uses_the_platforms() -> None:
    client = make_client()
    assert check_sender(client, at=NOON)
    assert verified_sender(client) == ""
    assert sender_of(make_draft(client=client)) == (
        f"{client.name} via CampaignHub",
        sender.platform_address(),
    )


@pytest.mark.django_db
def test_a_sender_is_verified_by_its_address_or_its_domain(table: Table) -> None:
    aws.ses().create_email_identity(EmailIdentity="nordlicht.example")
    client = make_client(sender_email="hello@nordlicht.example")
    identity = assign_identity(client, client.sender_email, actor=make_operator(), at=NOON)
    assert not check_sender(client, at=NOON)
    # The owner of the domain sets the record that the service asked for.
    known = ses_backends["123456789012"]["us-east-1"].email_identities["nordlicht.example"]
    known.verified_for_sending_status = True
    assert check_sender(client, at=NOON)
    identity.refresh_from_db()
    assert identity.verified_at == NOON
    known.verified_for_sending_status = False
    assert not check_sender(client, at=NOON)
    identity.refresh_from_db()
    assert identity.verified_at is None


@pytest.mark.django_db
def test_a_mail_service_that_is_away_changes_nothing_that_was_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(_identity: str) -> bool:
        raise ReadTimeoutError(endpoint_url="http://away")

    monkeypatch.setattr(sender, "_is_verified", away)
    known, new = (
        SenderIdentity.objects.create(
            client=make_client(name), identity=f"{name}.example", verified_at=at, assigned_at=NOON
        )
        for name, at in (("known", NOON), ("new", None))
    )
    assert check_identity(known, at=NOON)
    assert not check_identity(new, at=NOON)


# ------------------------------------------------------------------ assigned and taken away


@pytest.mark.django_db
def test_an_operator_assigns_a_sender_once_and_the_log_says_so(table: Table) -> None:
    client, operator = make_client(), make_operator()
    identity = assign_identity(client, "Nordlicht.example", actor=operator, at=NOON)
    assert (identity.identity, identity.verified_at) == ("nordlicht.example", None)
    assert logged("sender.assigned") == {"client": client.name}
    with pytest.raises(IdentityTaken):
        assign_identity(client, "nordlicht.example", actor=operator, at=NOON)
    # Beside the domain an address may be named for its own client, which it is in any case.
    assign_identity(client, "hello@nordlicht.example", actor=operator, at=NOON)
    with pytest.raises(NotAnIdentity):
        assign_identity(client, "not a domain", actor=operator, at=NOON)
    with pytest.raises(NotAnOperator):
        assign_identity(client, "other.example", actor=make_user(), at=NOON)
    for own in (sender.platform_address(), sender.platform_address().rpartition("@")[2]):
        with pytest.raises(PlatformsAddress):
            assign_identity(client, own, actor=operator, at=NOON)


@pytest.mark.django_db
def test_what_is_taken_away_is_no_client_s_sender_any_more(table: Table) -> None:
    client, operator = make_client(sender_email="hello@nordlicht.example"), make_operator()
    domain = assign_identity(client, "nordlicht.example", actor=operator, at=NOON)
    address = assign_identity(client, client.sender_email, actor=operator, at=NOON)
    with pytest.raises(NotAnOperator):
        withdraw_identity(address, actor=make_user(), at=NOON)
    withdraw_identity(address, actor=operator, at=NOON)
    client.refresh_from_db()
    assert client.sender_email == "hello@nordlicht.example", "the domain still covers it"
    withdraw_identity(domain, actor=operator, at=NOON)
    client.refresh_from_db()
    assert client.sender_email == ""
    withdraw_identity(SenderIdentity(pk=1, client=client), actor=operator, at=NOON)
    assert client.audit_entries.filter(code="sender.withdrawn").count() == 2
    other = make_client("Another")
    assert assign_identity(other, "nordlicht.example", actor=operator, at=NOON)
