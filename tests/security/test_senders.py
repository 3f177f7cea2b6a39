"""A client's mails come from its own senders, and no client writes as another."""

from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import Client
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from tests.campaigns.admin_pages import change_address
from tests.campaigns.factories import make_client, make_draft
from tests.security.sending import (
    OURS,
    THEIRS,
    assign,
    browser_of,
    save_client,
    sent_from,
    worker,
)
from tests.submissions.factories import NOON, make_campaign
from tests.support.at_once import at_once

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
    assign(victim, "nordlicht.example")
    assign(campaign.client, "mallory.example")
    browser = browser_of((campaign.client, Role.OWNER))
    save_client(browser, campaign.client, sender_email=typed)
    assert campaign.client.sender_email == ""
    assert sent_from(Campaign.objects.get(pk=campaign.pk))[1] == OURS


@pytest.mark.django_db
def test_what_stands_in_the_database_is_judged_again_when_a_mail_is_sent():
    """As it would after a restored backup, an import, or a form that somebody forgot."""
    campaign = make_campaign()
    campaign.client.sender_email, campaign.client.help_email = THEIRS, "help@mallory.example"
    campaign.client.save()
    assign(make_client("Nordlicht"), THEIRS)
    name, address = sent_from(campaign)
    assert (name, address) == (f"{campaign.client.name} via CampaignHub", OURS)
    assert outbox.outbox[-1].reply_to == ["help@mallory.example"]


@pytest.mark.django_db
def test_a_sample_to_oneself_obeys_the_same_rule():
    campaign = make_campaign()
    campaign.client.sender_email = THEIRS
    campaign.client.save()
    samples = reverse("admin:mail_mail_samples", args=[campaign.pk])
    browser = browser_of((campaign.client, Role.CAMPAIGN_MANAGER))
    assert THEIRS not in browser.get(samples).content.decode()
    browser.post(samples, {"act": "test", "message": "received"})
    assert parseaddr(outbox.outbox[-1].from_email)[1] == OURS


@pytest.mark.django_db
def test_a_client_sends_from_its_own_sender_once_that_is_verified_and_while_it_has_it():
    campaign = make_campaign()
    client = campaign.client
    identity = assign(client, "nordlicht.example", verified=False)
    browser = browser_of((client, Role.OWNER))
    save_client(browser, client, sender_email=THEIRS, sender_name="Nordlicht Foods")
    assert client.sender_email == THEIRS
    assert sent_from(campaign)[1] == OURS, "not verified yet"
    identity.verified_at = NOON
    identity.save()
    other = make_campaign(client=client, name="Another")
    assert sent_from(other) == ("Nordlicht Foods", THEIRS)
    remove = reverse("admin:accounts_senderidentity_change", args=[identity.pk])
    browser_of(operator=True).post(remove, {"act": "remove"})
    third = make_campaign(client=Client.objects.get(pk=client.pk), name="Third")
    assert sent_from(third)[1] == OURS
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
    assign(victim, "nordlicht.example")
    page = browser_of(operator=True).post(
        reverse("admin:accounts_senderidentity_add"), {"client": other.pk, "identity": wanted}
    )
    assert "belongs to Nordlicht already" in page.content.decode()
    assert not other.sender_identities.exists()


@pytest.mark.django_db
def test_senders_are_the_operators_and_for_everybody_else_there_are_none():
    client = make_client()
    identity = assign(client, "nordlicht.example")
    every = reverse("admin:accounts_senderidentity_changelist")
    pages = [
        every,
        reverse("admin:accounts_senderidentity_add"),
        reverse("admin:accounts_senderidentity_change", args=[identity.pk]),
        *(f"{every}{identity.pk}/{stock}/" for stock in ("history", "delete")),
    ]
    for role in Role:
        browser = browser_of((client, role))
        for page in pages:
            assert browser.get(page).status_code == 404, page
            taken = {"client": client.pk, "identity": "other.example", "act": "remove"}
            assert browser.post(page, taken).status_code == 404, page
        assert "Senders" not in browser.get(reverse("admin:index")).content.decode()
    assert [one.identity for one in client.sender_identities.all()] == ["nordlicht.example"]
    operator = browser_of(operator=True)
    assert [operator.get(page).status_code for page in pages[:3]] == [200, 200, 200]


@pytest.mark.django_db
def test_the_client_s_page_shows_its_senders_and_who_can_change_them():
    client = make_client()
    address = reverse("admin:accounts_client_change", args=[client.pk])
    owner = browser_of((client, Role.OWNER))
    page = owner.get(address).content.decode()
    assert 'name="sender_email"' not in page, "there is nothing to choose from"
    assert OURS in page
    assign(client, "nordlicht.example", verified=False)
    assign(make_client("Nobody else"), "other.example")
    page = owner.get(address).content.decode()
    assert 'name="sender_email"' in page
    assert "nordlicht.example</b>" in page
    assert "Not verified" in page
    assert "Only your CampaignHub operator can add or remove senders." in page
    assert "other.example" not in page


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
    assign(make_client("Nordlicht"), "nordlicht.example")
    with pytest.raises(CannotPublish) as refused:
        publish_campaign(campaign, actor=None, at=NOON)
    assert [problem.code for problem in refused.value.problems] == ["sender_not_verified"]


@pytest.mark.django_db
def test_the_checklist_leads_where_one_may_act_or_says_who_can():
    campaign = _draft(sender_email=THEIRS, legal_name="")
    client = campaign.client
    owner = Browser()
    owner.force_login(worker((client, Role.OWNER), name="Olivia Owner"))
    page_of_client = reverse("admin:accounts_client_change", args=[client.pk])
    senders = reverse("admin:accounts_senderidentity_changelist")
    publish = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
    pages = {
        who: [browser.get(page).content.decode() for page in (change_address(campaign), publish)]
        for who, browser in {
            "manager": browser_of((client, Role.CAMPAIGN_MANAGER)),
            "owner": owner,
            "operator": browser_of(operator=True),
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
    from campaigns.accounts.services.errors import IdentityTaken
    from campaigns.accounts.services.sender_identities import assign_identity

    monkeypatch.setattr(sender, "ses", _NoService)
    operator = worker(operator=True)
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
