"""A campaign on Amplify: published by a job, paused without one, shown as before, taken down; and its limits."""

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from campaigns.hosting import amplify as amplify_host
from campaigns.hosting.host import site_host
from campaigns.hosting.host_errors import StillDeploying
from campaigns.hosting.models import AmplifyApp, AmplifyBranch
from campaigns.publishing.services import propagate
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.pages import roll_page_back, take_page_down
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import PageState
from tests.campaigns.factories import NOON, make_draft, publish
from tests.campaigns.published import placement_of
from tests.support.amplify import Amplify, running_amplify
from tests.support.key_value_store import ARN, KeyValueStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def amplify(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Amplify]:
    """Amplify, and the bucket with the states, as the settings of a deployment name them."""
    clients = (aws.amplify, aws.live_pages, aws.pages_s3)
    for made in clients:
        made.cache_clear()
    monkeypatch.setattr(amplify_host, "sleep", lambda _seconds: None)
    for name, value in {
        "site_host": "amplify",
        "pages_bucket_name": "pages",
        "live_pages_arn": ARN,
        "distribution_domain": "d1.cloudfront.net",
    }.items():
        monkeypatch.setattr(env(), name, value)
    aws.pages_s3().create_bucket(Bucket="pages")
    KeyValueStore().answer(aws.live_pages())
    with running_amplify() as running:
        running.answer(aws.amplify())
        yield running
    for made in clients:
        made.cache_clear()


def live() -> Campaign:
    campaign = make_draft()
    publish(campaign)
    return campaign


def state_of(campaign: Campaign) -> bytes:
    key = f"{campaign.slug}/state.json"
    content: bytes = aws.pages_s3().get_object(Bucket="pages", Key=key)["Body"].read()
    return content


def test_a_publish_is_an_archive_an_upload_and_a_job_that_is_waited_for(amplify: Amplify) -> None:
    campaign = live()
    files = amplify.files(campaign.slug)
    assert b"Win a weekend" in files[f"{campaign.slug}/index.html"]
    assert not placement_of(campaign).is_behind
    assert b'"live"' in state_of(campaign)
    (app,) = amplify.apps.values()
    address = f"https://{campaign.slug}.{app['defaultDomain']}/{campaign.slug}/"
    assert site_host(campaign.client).address(campaign.slug) == address
    (rule,) = app["customRules"]
    target = "https://d1.cloudfront.net/<slug>/state.json"
    assert rule == {"source": "/<slug>/state.json", "target": target, "status": "200"}
    assert "frame-ancestors 'self';" in app["customHeaders"]


def test_a_pause_is_no_job_and_the_same_page_again_is_none_either(amplify: Amplify) -> None:
    campaign = live()
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    propagate.propagate(campaign, is_test=False, at=NOON)
    assert b'"paused"' in state_of(campaign)
    assert amplify.asked.count("CreateDeployment") == amplify.asked.count("UpdateApp") == 1


def test_a_pause_waits_for_no_job_that_is_under_way(amplify: Amplify) -> None:
    campaign = live()
    Campaign.objects.filter(pk=campaign.pk).update(headline={"en": "Win two"})
    amplify.runs = ("RUNNING",) * 20
    publish(Campaign.objects.get(pk=campaign.pk), reason="Two.")
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    assert placement_of(campaign).is_behind
    # Of the release that visitors still see: they are asked to load no other.
    state = PageState.model_validate_json(state_of(campaign))
    assert (state.state, state.release) == ("paused", 1)
    for job in amplify.jobs.values():
        job["left"] = ["SUCCEED"]
    propagate.propagate_due(NOON)
    state = PageState.model_validate_json(state_of(campaign))
    assert (state.state, state.release) == ("paused", 2)


def test_campaigns_of_a_client_share_its_app_and_another_client_has_its_own(
    amplify: Amplify,
) -> None:
    first = live()
    second = make_draft(client=first.client)
    publish(second)
    live()
    assert len(amplify.apps) == 2
    assert {b.slug for b in first.client.amplify_app.branches.all()} == {first.slug, second.slug}


def test_a_job_that_takes_long_is_looked_at_later_and_not_started_twice(amplify: Amplify) -> None:
    amplify.runs = ("PENDING",) * 3 + ("RUNNING",) * 3 + ("SUCCEED",)
    campaign = live()
    assert "takes about a minute" in placement_of(campaign).trouble
    propagate.propagate_due(timezone.now())
    assert not placement_of(campaign).is_behind
    assert amplify.asked.count("CreateDeployment") == 1


@pytest.mark.parametrize(
    ("operation", "error", "words"),
    [
        ("CreateDeployment", "LimitExceededException", "five pages at once"),
        ("StartDeployment", "LimitExceededException", "five pages at once"),
        ("CreateBranch", "LimitExceededException", "50 branches"),
        ("CreateApp", "LimitExceededException", "no further app"),
        ("upload", "500", "sent again"),
    ],
)
def test_a_limit_is_explained_and_tried_again_by_the_clock(
    amplify: Amplify, operation: str, error: str, words: str
) -> None:
    amplify.broken[operation] = [error]
    campaign = live()
    assert words in placement_of(campaign).trouble
    propagate.propagate_due(NOON)
    assert f"{campaign.slug}/index.html" in amplify.files(campaign.slug)
    assert placement_of(campaign).trouble == ""


def test_a_failed_job_leaves_the_earlier_page_and_is_made_good(amplify: Amplify) -> None:
    campaign = live()
    before = amplify.files(campaign.slug)
    Campaign.objects.filter(pk=campaign.pk).update(headline={"en": "Win two"})
    amplify.runs = ("RUNNING", "FAILED")
    publish(Campaign.objects.get(pk=campaign.pk), reason="Two.")
    assert amplify.files(campaign.slug) == before
    amplify.runs = ("SUCCEED",)
    propagate.propagate_due(NOON)
    assert b"Win two" in amplify.files(campaign.slug)[f"{campaign.slug}/index.html"]


def test_an_earlier_job_is_not_overtaken_and_an_older_revision_starts_none(
    amplify: Amplify,
) -> None:
    campaign = live()
    amplify.runs = ("RUNNING",) * 9
    host = site_host(campaign.client)
    for number, words in ((50, "an hour"), (51, "at work on an earlier version")):
        with pytest.raises(StillDeploying):
            host.put_page(campaign.slug, {"index.html": words.encode()}, revision=number)
    jobs = len(amplify.jobs)
    host.put_page(campaign.slug, {"index.html": b"late"}, revision=49)
    assert len(amplify.jobs) == jobs
    for job in amplify.jobs.values():
        job["left"] = ["SUCCEED"]
        job["status"] = "SUCCEED"
    amplify.runs = ("SUCCEED",)
    host.put_page(campaign.slug, {"index.html": b"newest"}, revision=51)
    assert amplify.files(campaign.slug) == {f"{campaign.slug}/index.html": b"newest"}


def test_who_dies_before_an_app_is_noted_leaves_one_app(amplify: Amplify) -> None:
    campaign = make_draft()
    with pytest.MonkeyPatch.context() as dying:

        def die(*_given: object, **_more: object) -> None:
            raise KeyboardInterrupt

        dying.setattr(AmplifyApp.objects, "create", die)
        with pytest.raises(KeyboardInterrupt):
            publish(campaign)
    propagate.propagate_due(NOON)
    assert len(amplify.apps) == len(amplify.branches) == 1
    assert not placement_of(campaign).is_behind


def test_the_way_back_deploys_the_earlier_archive(
    amplify: Amplify, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = live()
    before = amplify.files(campaign.slug)
    place = placement_of(campaign)
    changed = {"index.html": b"broken"}
    monkeypatch.setattr(propagate, "page_files", lambda _releases: changed)
    propagate.propagate(campaign, is_test=False, at=NOON)
    assert amplify.files(campaign.slug) != before
    assert roll_page_back(place, actor=None, at=NOON)
    assert amplify.files(campaign.slug) == before


def test_a_page_that_is_taken_down_makes_room_for_another(amplify: Amplify) -> None:
    campaign = live()
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON)
    assert take_page_down(campaign, actor=None, at=NOON)
    assert take_page_down(campaign, actor=None, at=NOON)
    assert amplify.branches == {}
    call_command("pages", "up", campaign.slug)
    assert f"{campaign.slug}/index.html" in amplify.files(campaign.slug)


def test_a_client_s_domain_is_named_from_the_moment_it_works(
    amplify: Amplify, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = live()
    ask = ("client_domain", campaign.client.name, "win.example.com")
    with pytest.raises(CommandError, match="Not yet: PENDING_VERIFICATION"):
        call_command(*ask)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Set: _1.win.example.com. CNAME _2.acm-validations.aws.",
        f"Set: {campaign.slug}.win.example.com CNAME d9.cloudfront.net",
    ]
    assert "amplifyapp.com" in site_host(campaign.client).address(campaign.slug)
    amplify.domains["win.example.com"]["domainStatus"] = "AVAILABLE"
    call_command(*ask)
    address = f"https://{campaign.slug}.win.example.com/{campaign.slug}/"
    assert site_host(campaign.client).address(campaign.slug) == address
    # The next campaign gets its name with its branch.
    second = make_draft(client=campaign.client)
    publish(second)
    held = amplify.domains["win.example.com"]["subDomains"]
    prefixes = {one["subDomainSetting"]["prefix"] for one in held}
    assert prefixes == {campaign.slug, second.slug}


def test_a_domain_that_amplify_does_not_take_is_said_and_named_nowhere(amplify: Amplify) -> None:
    """Another client's app has it, for one."""
    campaign = live()
    amplify.broken["CreateDomainAssociation"] = ["BadRequestException"]
    with pytest.raises(CommandError, match=r"Amplify does not take 'win\.example\.com': .*Bad"):
        call_command("client_domain", campaign.client.name, "win.example.com")
    with pytest.raises(CommandError, match="Name a domain"):
        call_command("client_domain", campaign.client.name, "")
    assert "amplifyapp.com" in site_host(campaign.client).address(campaign.slug)


def test_an_app_gets_the_distribution_s_web_acl(
    amplify: Amplify, monkeypatch: pytest.MonkeyPatch
) -> None:
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/firewall/1"
    monkeypatch.setattr(env(), "firewall_arn", acl)
    aws.web_acls.cache_clear()
    with Stubber(aws.web_acls()) as firewall:
        app = "arn:aws:amplify:us-east-1:123456789012:apps/d1"
        asked = {"WebACLArn": acl, "ResourceArn": app}
        firewall.add_response("associate_web_acl", {}, asked)
        live()
        firewall.assert_no_pending_responses()
    aws.web_acls.cache_clear()
    assert AmplifyBranch.objects.get().is_live
