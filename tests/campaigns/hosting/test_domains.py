"""Several clients' domains on one installation: each client's pages, API and mails are at its own."""

import io
from collections.abc import Iterator
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from campaignhub import aws
from campaignhub.env import env
from campaigns.accounts.models import AuditEntry, Client
from campaigns.hosting import live_pages
from campaigns.hosting.host import api_address, give_domain, page_address
from campaigns.setup.models import Campaign
from tests.campaigns.factories import logged, make_draft
from tests.support.at_once import at_once
from tests.support.key_value_store import ARN, KeyValueStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyValueStore]:
    """A deployment with two names beside the distribution's own."""
    for name, value in {
        "site_host": "s3",
        "distribution_domain": "d1.cloudfront.net",
        "page_domains": "play.agency.example,win.example.com",
        "public_api_url": "https://play.agency.example",
    }.items():
        monkeypatch.setattr(env(), name, value)
    store = KeyValueStore()
    monkeypatch.setattr(env(), "live_pages_arn", ARN)
    aws.live_pages.cache_clear()
    store.answer(aws.live_pages())
    yield store
    aws.live_pages.cache_clear()


def given(client: Client, domain: str) -> None:
    call_command("client_domain", client.name, domain, stdout=io.StringIO())


@pytest.mark.usefixtures("on_s3")
def test_a_client_s_pages_and_their_api_are_at_its_domain_and_another_s_at_the_installation_s() -> (
    None
):
    mine, other = make_draft(), make_draft()
    given(mine.client, "WIN.example.com.")
    mine = Campaign.objects.get(pk=mine.pk)
    assert page_address(mine) == f"https://win.example.com/{mine.slug}/"
    assert page_address(mine, is_test=True) == f"https://win.example.com/{mine.test_slug}/"
    assert api_address(mine) == "https://win.example.com"
    assert page_address(other) == f"https://play.agency.example/{other.slug}/"
    assert api_address(other) == "https://play.agency.example"


@pytest.mark.usefixtures("on_s3")
def test_a_domain_that_the_distribution_does_not_answer_to_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = make_draft()
    with pytest.raises(CommandError, match=r"manage\.py domain add elsewhere\.example"):
        given(campaign.client, "elsewhere.example")
    with pytest.raises(CommandError, match="no client"):
        call_command("client_domain", "Nobody", "win.example.com")
    given(campaign.client, "win.example.com")
    # And taken away from the distribution later, it is in no link any more.
    monkeypatch.setattr(env(), "page_domains", "play.agency.example")
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert page_address(campaign) == f"https://play.agency.example/{campaign.slug}/"
    given(campaign.client, "")
    assert Client.objects.get(pk=campaign.client_id).page_domain == ""


@pytest.mark.usefixtures("on_s3")
def test_a_domain_is_never_a_client_s_without_its_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the process died between the two: run again it writes both."""
    client = make_draft().client
    with monkeypatch.context() as dying:
        dying.setattr(AuditEntry, "save", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            given(client, "win.example.com")
    assert Client.objects.get(pk=client.pk).page_domain == ""
    given(client, "win.example.com")
    assert logged("client.domain_changed") == {"domain": "win.example.com"}


def test_a_domain_is_one_client_s_and_goes_to_another_once_it_was_given_back(
    on_s3: KeyValueStore,
) -> None:
    mine, other = make_draft().client, make_draft().client
    given(mine, "win.example.com")
    assert on_s3.entries == {"win.example.com": str(mine.pk)}
    given(mine, "win.example.com")
    assert on_s3.writes == 1
    with pytest.raises(CommandError, match=f"is the domain of {mine}"):
        given(other, "win.example.com")
    given(mine, "")
    # Links that went out lead there still, until somebody else has the name.
    assert on_s3.entries == {"win.example.com": str(mine.pk)}
    given(other, "win.example.com")
    assert on_s3.entries == {"win.example.com": str(other.pk)}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_clients_at_once_one_gets_the_domain(on_s3: KeyValueStore) -> None:
    """And the distribution leads where the database says, whichever was first."""
    for _round in range(5):
        clients = [make_draft().client, make_draft().client]

        def take(client: Client) -> str:
            try:
                given(client, "win.example.com")
            except CommandError as refused:
                return str(refused)
            return ""

        said = at_once(*(partial(take, client) for client in clients))
        (winner,) = Client.objects.filter(page_domain="win.example.com")
        assert on_s3.entries == {"win.example.com": str(winner.pk)}
        assert sorted(said)[0] == ""
        assert f"win.example.com is the domain of {winner}" in sorted(said)[1]
        given(winner, "")


def test_the_database_keeps_one_domain_for_one_client() -> None:
    mine, other = make_draft().client, make_draft().client
    Client.objects.filter(pk=mine.pk).update(page_domain="win.example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        Client.objects.filter(pk=other.pk).update(page_domain="win.example.com")
    assert Client.objects.filter(page_domain="").count() == 1


def test_the_installation_s_own_name_is_given_to_nobody(on_s3: KeyValueStore) -> None:
    campaign = make_draft()
    with pytest.raises(CommandError, match="is the installation's own"):
        given(campaign.client, "play.agency.example")
    assert on_s3.entries == {}


def test_a_store_that_does_not_answer_leaves_the_client_s_domain_as_it_was(
    on_s3: KeyValueStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    on_s3.others_first = 100
    monkeypatch.setattr(live_pages, "sleep", lambda _seconds: None)
    with pytest.raises(CommandError, match="Run this again"):
        given(campaign.client, "win.example.com")
    assert Client.objects.get(pk=campaign.client_id).page_domain == ""
    on_s3.others_first = 0
    given(campaign.client, "win.example.com")
    assert on_s3.entries == {"win.example.com": str(campaign.client_id)}


def test_what_the_store_lost_is_written_again_by_a_republish(on_s3: KeyValueStore) -> None:
    campaign = make_draft()
    given(campaign.client, "win.example.com")
    on_s3.entries.clear()
    give_domain(Client.objects.get(pk=campaign.client_id))
    assert on_s3.entries == {"win.example.com": str(campaign.client_id)}
