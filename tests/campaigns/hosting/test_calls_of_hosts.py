"""The site's role may do what the hosts do, and nothing else of theirs: their calls beside its policy."""

from fnmatch import fnmatchcase

import boto3
import pytest

from campaignhub.deployment.template import ORDER, parse_template
from campaigns.hosting import amplify
from campaigns.hosting.amplify import AmplifyHost
from campaigns.hosting.amplify_domain import associate_domain
from campaigns.hosting.files import VERSIONS_KEPT
from campaigns.hosting.models import AmplifyApp
from campaigns.hosting.s3 import S3Host
from tests.campaigns.factories import make_draft
from tests.campaigns.hosting.hosts import S3UnderTest
from tests.campaigns.hosting.test_every_host import WEEK, page
from tests.ingest_lambda.declared import listed
from tests.support.amplify import agreeing, running_amplify
from tests.support.key_value_store import ARN
from tests.support.recorded_calls import Call, recorded_calls
from tests.support.resolved import Resolved
from tests.support.simulated_aws import empty_account


def test_the_site_may_put_switch_and_remove_pages_and_nothing_else() -> None:
    with empty_account():
        session = boto3.Session()
        with recorded_calls(session._session) as calls:
            under_test = S3UnderTest(session)
            calls.clear()  # the bucket is the template's
            host = under_test.host
            for number in range(1, VERSIONS_KEPT + 3):
                version = host.put_page("summer", page(number), revision=number)
                under_test.age(WEEK)
            host.put_state("summer", b"{}", revision=1)
            host.show_version("summer", version, revision=20)
            host.take_down("summer", revision=21)
    compare("PagesAccess", {deployed_as(call) for call in calls})


@pytest.mark.django_db
@pytest.mark.usefixtures("fast_jobs")
def test_the_site_may_make_apps_and_deploy_to_them_and_nothing_else() -> None:
    with empty_account(), running_amplify() as running:
        bucket = S3UnderTest(boto3.Session()).host
        assert isinstance(bucket, S3Host)
        session = boto3.Session()
        with recorded_calls(session._session) as calls:
            client = running.answer(session.client("amplify", region_name="us-east-1"))
            acls = agreeing(session.client("wafv2", region_name="us-east-1"))
            host = AmplifyHost(client, acls, bucket, label="demo", web_acl=FIREWALL)
            campaign = make_draft()
            host.put_page(campaign.slug, page(1), revision=1)
            app = AmplifyApp.objects.get()
            associate_domain(client, app, "win.example.com")
            host.put_page(campaign.test_slug, page(1), revision=1)
            associate_domain(client, app, "win.example.com")
            host.take_down(campaign.slug, revision=2)
    compare("AmplifyAccess", {(call.action, call.resource) for call in calls})


@pytest.fixture
def fast_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a job without a wait."""
    monkeypatch.setattr(amplify, "sleep", lambda _seconds: None)


FIREWALL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/Firewall/1"


def compare(policy: str, made: set[tuple[str, str]]) -> None:
    """Fail where a call is not allowed, and where nothing needs what is."""
    given = {"ApiUrl": "https://api.example/live", "PagesOnAmplify": "true"}
    template = Resolved(parse_template(ORDER["edge"].read_text()), **given)
    granted = {
        (action, place)
        for statement in template.policies()[policy]
        for action in listed(statement["Action"])
        for place in listed(statement["Resource"])
    }
    allowed = {
        (call, grant)
        for call in made
        for grant in granted
        if call[0] == grant[0] and fnmatchcase(call[1], grant[1])
    }
    assert made - {call for call, _ in allowed} == set()
    assert granted - {grant for _, grant in allowed} == set()


def deployed_as(call: Call) -> tuple[str, str]:
    """Name the resource of a test as the template's."""
    store = "arn:aws:cloudfront::123456789012:key-value-store/LivePages"
    return call.action, store if call.resource == ARN else call.resource
