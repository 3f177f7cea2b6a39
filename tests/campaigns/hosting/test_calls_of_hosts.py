"""The site's role may do what the hosts do, and nothing else of theirs: their calls beside its policy."""

from fnmatch import fnmatchcase

import boto3

from campaignhub.deployment.template import ORDER, parse_template
from campaigns.hosting.files import VERSIONS_KEPT
from tests.campaigns.hosting.hosts import S3UnderTest
from tests.campaigns.hosting.test_every_host import WEEK, page
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
    template = Resolved(
        parse_template(ORDER["edge"].read_text()), ApiUrl="https://api.example/live"
    )
    granted = {
        (action, resource)
        for statement in template.policies()["PagesAccess"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        for resource in [statement["Resource"]]
    }
    made = {deployed_as(call) for call in calls}
    used = {
        grant
        for grant in granted
        if any(grant[0] == action and fnmatchcase(place, grant[1]) for action, place in made)
    }
    refused = {
        call
        for call in made
        if not any(action == call[0] and fnmatchcase(call[1], place) for action, place in granted)
    }
    assert refused == set()
    assert used == granted


def deployed_as(call: Call) -> tuple[str, str]:
    """Name the resource of a test as the template's."""
    store = "arn:aws:cloudfront::123456789012:key-value-store/LivePages"
    return call.action, store if call.resource == ARN else call.resource
