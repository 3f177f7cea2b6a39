"""A client's mails come from its own senders, and no client writes as another."""

from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from campaignhub.env import env
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mail.services.delivery import deliver_mails
from tests.campaigns.admin_pages import campaign_data, change_address
from tests.campaigns.factories import make_client, make_draft, make_user
from tests.security.entrants import enter
from tests.submissions.factories import NOON, make_campaign
from tests.support.at_once import at_once

OURS = parseaddr(env().default_from_email)[1]
THEIRS = "hello@nordlicht.example"
SPOOFED = [
    "billing@other.example",
    "Billing <billing@other.example>",
    '"billing@other.example" <x>',
    "billing\uff20other.example",
    "billing\ufe6bother.example",
    "=?utf-8?q?billing=40other.example?=",
    "Nordlicht\r\nBcc: all@example.com",
    "Nordlicht\u202eelpmaxe",
    "Nord\u200blicht",
    "CampaignHub",
    "Campaign Hub Support",
    "C4MPA1GN-HUB",
    "\u0421ampaign\u041dub",
]


def _assign(client: Client, identity: str, *, verified: bool = True) -> Any:
    from campaigns.accounts.models import SenderIdentity

    return SenderIdentity.objects.create(
        client=client,
        identity=identity,
        verified_at=NOON if verified else None,
        assigned_at=NOON,
    )


def _user(*roles: tuple[Client, Role], operator: bool = False, name: str = "") -> User:
    user = make_user(*roles)
    user.is_superuser, user.email = operator, f"{user.username}@agency.example"
    user.last_name = name
    user.save()
    return user


def _signed_in(*roles: tuple[Client, Role], operator: bool = False) -> Browser:
    browser = Browser()
    browser.force_login(_user(*roles, operator=operator))
    return browser


def _save_client(browser: Browser, client: Client, **typed: str) -> str:
    """Send the client's page as a browser does; return what it answers."""
    data = {"name": client.name, "help_email": "help@mallory.example", **typed}
    address = reverse("admin:accounts_client_change", args=[client.pk])
    page = browser.post(address, data, follow=True)
    client.refresh_from_db()
    return page.content.decode()


def _sent_from(campaign: Campaign) -> tuple[str, str]:
    """Let somebody enter; return the name and address that the mail about it comes from."""
    enter(campaign)
    deliver_mails(at=NOON, most=10)
    return parseaddr(str(outbox.outbox[-1].message()["From"]))


# ---------------------------------------------------------------- addresses


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        THEIRS,
        "HELLO@Nordlicht.Example",
        "other@nordlicht.example",
        "hello@mail.nordlicht.example",
        "hello+x@nordlicht.example",
        "hello@nordlicht.example.",
    ],
)
def test_an_owner_cannot_take_another_client_s_verified_sender(typed: str):
    victim, campaign = make_client("Nordlicht"), make_campaign()
    if _has_senders():
        _assign(victim, "nordlicht.example")
        _assign(campaign.client, "mallory.example")
    browser = _signed_in((campaign.client, Role.OWNER))
    _save_client(browser, campaign.client, sender_email=typed)
    assert campaign.client.sender_email == ""
    assert _sent_from(Campaign.objects.get(pk=campaign.pk))[1] == OURS


@pytest.mark.django_db
def test_what_stands_in_the_database_is_judged_again_when_a_mail_is_sent():
    """As it would after a restored backup, an import, or a form that somebody forgot."""
    campaign = make_campaign()
    campaign.client.sender_email, campaign.client.help_email = THEIRS, "help@mallory.example"
    campaign.client.save()
    if _has_senders():
        _assign(make_client("Nordlicht"), THEIRS)
    name, address = _sent_from(campaign)
    assert (name, address) == (f"{campaign.client.name} via CampaignHub", OURS)
    assert outbox.outbox[-1].reply_to == ["help@mallory.example"]


@pytest.mark.django_db
def test_a_sample_to_oneself_obeys_the_same_rule():
    campaign = make_campaign()
    campaign.client.sender_email = THEIRS
    campaign.client.save()
    samples = reverse("admin:mail_mail_samples", args=[campaign.pk])
    browser = _signed_in((campaign.client, Role.CAMPAIGN_MANAGER))
    assert THEIRS not in browser.get(samples).content.decode()
    browser.post(samples, {"kind": "received"})
    assert parseaddr(outbox.outbox[-1].from_email)[1] == OURS


@pytest.mark.django_db
def test_a_client_sends_from_its_own_sender_once_that_is_verified_and_while_it_has_it():
    campaign = make_campaign()
    client = campaign.client
    identity = _assign(client, "nordlicht.example", verified=False)
    browser = _signed_in((client, Role.OWNER))
    _save_client(browser, client, sender_email=THEIRS, sender_name="Nordlicht Foods")
    assert client.sender_email == THEIRS
    assert _sent_from(campaign)[1] == OURS, "not verified yet"
    identity.verified_at = NOON
    identity.save()
    other = make_campaign(client=client, name="Another")
    assert _sent_from(other) == ("Nordlicht Foods", THEIRS)
    remove = reverse("admin:accounts_senderidentity_change", args=[identity.pk])
    _signed_in(operator=True).post(remove, {"act": "remove"})
    third = make_campaign(client=Client.objects.get(pk=client.pk), name="Third")
    assert _sent_from(third)[1] == OURS
    assert client.audit_entries.filter(code="sender.withdrawn").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wanted",
    [
        "nordlicht.example",
        "mail.nordlicht.example",
        "hello@nordlicht.example",
        "NORDLICHT.example.",
    ],
)
def test_an_operator_cannot_give_a_part_of_one_client_s_domain_to_another(wanted: str):
    victim, other = make_client("Nordlicht"), make_client("Mallory")
    _assign(victim, "nordlicht.example")
    page = _signed_in(operator=True).post(
        reverse("admin:accounts_senderidentity_add"), {"client": other.pk, "identity": wanted}
    )
    assert "belongs to Nordlicht already" in page.content.decode()
    assert not other.sender_identities.exists()


@pytest.mark.django_db
def test_senders_are_the_operators_and_for_everybody_else_there_are_none():
    client = make_client()
    identity = _assign(client, "nordlicht.example")
    every = reverse("admin:accounts_senderidentity_changelist")
    pages = [
        every,
        reverse("admin:accounts_senderidentity_add"),
        reverse("admin:accounts_senderidentity_change", args=[identity.pk]),
        *(f"{every}{identity.pk}/{stock}/" for stock in ("history", "delete")),
    ]
    for role in Role:
        browser = _signed_in((client, role))
        for page in pages:
            assert browser.get(page).status_code == 404, page
            taken = {"client": client.pk, "identity": "other.example", "act": "remove"}
            assert browser.post(page, taken).status_code == 404, page
        assert "Senders" not in browser.get(reverse("admin:index")).content.decode()
    assert [one.identity for one in client.sender_identities.all()] == ["nordlicht.example"]
    operator = _signed_in(operator=True)
    assert [operator.get(page).status_code for page in pages[:3]] == [200, 200, 200]


@pytest.mark.django_db
def test_the_client_s_page_shows_its_senders_and_who_can_change_them():
    client = make_client()
    address = reverse("admin:accounts_client_change", args=[client.pk])
    owner = _signed_in((client, Role.OWNER))
    page = owner.get(address).content.decode()
    assert 'name="sender_email"' not in page, "there is nothing to choose from"
    assert OURS in page
    _assign(client, "nordlicht.example", verified=False)
    _assign(make_client("Nobody else"), "other.example")
    page = owner.get(address).content.decode()
    assert 'name="sender_email"' in page
    assert "nordlicht.example</b>" in page
    assert "Not verified" in page
    assert "Only your CampaignHub operator can add or remove senders." in page
    assert "other.example" not in page


# ---------------------------------------------------------------- names


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SPOOFED)
def test_no_name_before_the_address_is_another_address(typed: str):
    campaign = make_campaign()
    client, kept = campaign.client, []
    owner = _signed_in((client, Role.OWNER))
    _save_client(owner, client, sender_name=typed)
    kept.append(client.sender_name)
    _save_client(owner, client, name=typed)
    kept.append(client.name)
    owner.post(change_address(campaign), campaign_data(campaign, sender_name=typed))
    campaign.refresh_from_db()
    kept.append(campaign.sender_name)
    assert typed not in kept
    assert not [name for name in kept if "@" in name or "=?" in name or not name.isprintable()]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SPOOFED)
def test_a_name_that_is_stored_already_is_judged_again_when_a_mail_is_sent(typed: str):
    campaign = make_campaign(sender_name=typed)
    campaign.client.sender_name = typed
    campaign.client.save()
    assert _sent_from(campaign) == (f"{campaign.client.name} via CampaignHub", OURS)


@pytest.mark.django_db
def test_no_name_that_a_client_chose_stands_before_the_address_of_all_clients():
    campaign = make_campaign(sender_name="Nordlicht Foods")
    client = campaign.client
    owner = _signed_in((client, Role.OWNER))
    _save_client(owner, client, sender_name="Nordlicht Foods")
    assert client.sender_name == "Nordlicht Foods"
    own_page = owner.get(reverse("admin:accounts_client_change", args=[client.pk]))
    assert f"{client.name} via CampaignHub &lt;{OURS}&gt;" in own_page.content.decode()
    assert _sent_from(campaign) == (f"{client.name} via CampaignHub", OURS)


@pytest.mark.django_db
def test_an_operator_s_slip_makes_no_client_of_the_platform_s_name():
    operator = _signed_in(operator=True)
    page = operator.post(reverse("admin:accounts_client_add"), {"name": "CampaignHub Support"})
    assert "can&#x27;t contain CampaignHub" in page.content.decode()
    assert not Client.objects.filter(name__startswith="CampaignHub").exists()
    stored = make_campaign(client=make_client("CampaignHub Support"))
    assert _sent_from(stored) == ("CampaignHub", OURS)


# ---------------------------------------------------------------- the checklist


def _draft(**client: Any) -> Campaign:
    campaign = make_draft()
    Client.objects.filter(pk=campaign.client_id).update(**client)
    campaign.client.refresh_from_db()
    return campaign


@pytest.mark.django_db
def test_a_campaign_with_another_client_s_sender_cannot_be_published():
    from campaigns.publishing.services.publish import CannotPublish, publish_campaign

    campaign = _draft(sender_email=THEIRS)
    if _has_senders():
        _assign(make_client("Nordlicht"), "nordlicht.example")
    else:
        # What the mail service said, whose account is every client's.
        vars(campaign.client)["sender_verified_at"] = NOON
        campaign.client.save()
    with pytest.raises(CannotPublish) as refused:
        publish_campaign(campaign, actor=None, at=NOON)
    assert [problem.code for problem in refused.value.problems] == ["sender_not_verified"]


@pytest.mark.django_db
def test_the_checklist_leads_where_one_may_act_or_says_who_can():
    campaign = _draft(sender_email=THEIRS, legal_name="")
    client = campaign.client
    owner = Browser()
    owner.force_login(_user((client, Role.OWNER), name="Olivia Owner"))
    page_of_client = reverse("admin:accounts_client_change", args=[client.pk])
    senders = reverse("admin:accounts_senderidentity_changelist")
    publish = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
    pages = {
        who: [browser.get(page).content.decode() for page in (change_address(campaign), publish)]
        for who, browser in {
            "manager": _signed_in((client, Role.CAMPAIGN_MANAGER)),
            "owner": owner,
            "operator": _signed_in(operator=True),
        }.items()
    }
    for page in pages["manager"]:
        assert f"{page_of_client}#" not in page, "the page answers 404 to a manager"
        assert "Ask Olivia Owner (owner), or your CampaignHub operator." in page
        assert "legal name is missing" in page
        assert "Ask Olivia Owner (owner).<" in page
    for page in pages["owner"]:
        assert f'href="{page_of_client}#id_sender_email"' in page
        assert "ask your CampaignHub operator to verify this one" in page
    for page in pages["operator"]:
        assert f'href="{senders}?client__id__exact={client.pk}"' in page
        assert f'href="{page_of_client}#id_legal_name"' in page


# ---------------------------------------------------------------- at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_operators_give_parts_of_one_domain_to_one_client_alone(monkeypatch: Any):
    from campaigns.accounts.services import sender
    from campaigns.accounts.services.sender_identities import IdentityTaken, assign_identity

    monkeypatch.setattr(sender, "ses", _NoService)
    operator = _user(operator=True)
    parts = ["nordlicht.example", "mail.nordlicht.example", "a@nordlicht.example"]
    clients = [make_client(f"Client {number}") for number in range(3)]
    outcomes = at_once(
        *(
            lambda client=client, part=part: assign_identity(client, part, actor=operator, at=NOON)
            for client, part in zip(clients, parts, strict=True)
        )
    )
    refused = [one for one in outcomes if isinstance(one, IdentityTaken)]
    # The subdomain and the address are apart from each other, but never beside the domain.
    kept = {one.identity for one in outcomes if not isinstance(one, IdentityTaken)}
    assert refused
    assert kept in ({parts[0]}, {parts[1], parts[2]})


class _NoService:
    """A mail service that knows no identity."""

    class exceptions:  # noqa: N801 - as the SDK names it
        NotFoundException = KeyError

    def get_email_identity(self, EmailIdentity: str) -> Any:  # noqa: N803 - as the SDK names it
        raise KeyError(EmailIdentity)


def _has_senders() -> bool:
    try:
        reverse("admin:accounts_senderidentity_changelist")
    except NoReverseMatch:
        return False
    return True
