"""An update of the stack, and one that fails and is rolled back, each under load: no entry is lost or refused."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from bench.load import Answer, send
from campaignhub.deployment.errors import StackFailed
from campaignhub.deployment.stack import Request, Stack
from campaignhub.deployment.template import INGEST, read_template
from campaignhub.deployment.upload import template_argument
from campaignhub.local_aws.deploy import CODE_BUCKET, STACK
from tests.checks.api_hash import with_hash
from tests.support.crowd import Crowd
from tests.support.installation import Installation
from tests.support.scenery import make_campaigns
from tests.support.weathered import Ledger

pytestmark = pytest.mark.flow

COUNT = 500
PER_SECOND = 50

TAKEN = """
  Taken:
    Type: AWS::S3::Bucket
    DependsOn: [WriteFunction, Stage]
    Properties: {BucketName: !Ref CodeBucket}
"""


def as_it_is(text: str) -> str:
    """Leave a template alone."""
    return text


def changed(text: str) -> str:
    """Change what a running function and the gateway answer with: new code settings, new answers, new release of the API."""
    text = text.replace("MemorySize: 1024", "MemorySize: 1088")
    text = text.replace("\"'5'\"", "\"'6'\"")
    text = with_hash(text)
    assert text != INGEST.read_text()
    return text


def failing(text: str) -> str:
    """Change the same, and at last add a bucket under a name that is taken."""
    return changed(text).replace("\nResources:\n", f"\nResources:\n{TAKEN}", 1)


def update(embedded: Installation, change: Callable[[str], str]) -> None:
    """Bring another template into the installation, the way a deployment does."""
    stack = Stack(embedded.aws("cloudformation"), STACK, pause_seconds=0.1, patience_seconds=120)
    before = stack.describe()
    assert before is not None
    text = change(INGEST.read_text())
    request = Request(
        template_argument(embedded.aws("s3"), CODE_BUCKET, text),
        dict.fromkeys(read_template(INGEST)["Parameters"]),
        {tag["Key"]: tag["Value"] for tag in before["Tags"]},
    )
    proposed = stack.propose(request)
    if not proposed.is_empty:
        stack.execute(proposed)


@pytest.fixture(scope="module")
def campaigns(embedded: Installation) -> dict[str, dict[str, Any]]:
    """Publish a campaign for each of the two, whose uses of the limit are counted."""
    limit = {"scope": "person", "count": 2, "window": "campaign"}
    like = {"like": "quick-draw", "limits": [limit]}
    return make_campaigns(embedded, {"while-updated": like, "while-rolled-back": like})


@pytest.fixture
def restored(embedded: Installation) -> Iterator[None]:
    """Leave the installation with the template that it had."""
    yield
    update(embedded, as_it_is)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    ("change", "campaign"), [(changed, "while-updated"), (failing, "while-rolled-back")]
)
def test_nothing_is_lost_or_refused_while_the_stack_is(
    embedded: Installation,
    campaigns: dict[str, dict[str, Any]],
    change: Callable[[str], str],
    campaign: str,
) -> None:
    crowd = Crowd(embedded, campaigns[campaign])
    accepted = set[UUID]()
    outcome_of_update: list[Exception | None] = []

    def run() -> None:
        try:
            update(embedded, change)
        except StackFailed as error:
            outcome_of_update.append(error)
        else:
            outcome_of_update.append(None)

    updating = threading.Thread(target=run)

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted.add(crowd.id_of(answer.number))
        if answer.number == COUNT // 5:
            updating.start()

    outcome = send(crowd.submission, count=COUNT, connections=8, rate=PER_SECOND, seen=note)
    updating.join()

    assert outcome.statuses[202] == COUNT
    (failed,) = outcome_of_update
    name = embedded.environment["WRITE_FUNCTION_NAME"]
    memory = embedded.aws("lambda").get_function_configuration(FunctionName=name)["MemorySize"]
    if change is failing:
        assert "everything is as it was before" in str(failed)
        assert memory == 1024
    else:
        assert (failed, memory) == (None, 1088)
    ledger = Ledger(embedded, crowd, range(COUNT))
    ledger.settle(accepted, seconds=240)
    ledger.prove(accepted, limit=2)
