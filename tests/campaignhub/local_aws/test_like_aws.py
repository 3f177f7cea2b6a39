"""What AWS answers, the emulator answers too: the age of messages, and a table that is not there."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from campaignhub.local_aws.ministack import CREDENTIALS
from submissions.operations.services.queue_ages import oldest_in
from tests.campaignhub.local_aws.conftest import Bench

pytestmark = pytest.mark.flow


@pytest.fixture
def site(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the site's own clients call the emulator."""
    monkeypatch.setattr(env(), "aws_endpoint_url", bench.stack.ministack.endpoint)
    for name, value in CREDENTIALS.items():
        monkeypatch.setattr(env(), name.lower(), value)
    aws.cloudwatch.cache_clear()
    yield
    aws.cloudwatch.cache_clear()


def test_the_age_of_the_oldest_message_is_a_metric_and_asking_takes_none_out(
    bench: Bench, site: None
) -> None:
    _, url, dead = bench.queue(visibility=60)
    before = time.time()
    bench.sqs.send_message(QueueUrl=url, MessageBody="oldest")
    bench.sqs.send_message(QueueUrl=url, MessageBody="newest", DelaySeconds=5)
    at = timezone.now() + timedelta(minutes=2)

    for _ in range(2):
        found = oldest_in({url: 2, dead: 1, f"{url}-unknown": 1}, at=at)
        assert set(found) == {url}, "an empty queue and an unknown one have no metric"
        assert abs(found[url].timestamp() - before) < 3
    (message,) = bench.sqs.receive_message(
        QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_a_missing_table_is_away_while_tables_are_restored_and_a_wrong_name_afterwards(
    bench: Bench,
) -> None:
    ministack = bench.stack.ministack
    name, _ = bench.table()
    key = {"pk": {"S": "a"}, "sk": {"S": "a"}}

    def code(table: str) -> str:
        try:
            bench.dynamodb.get_item(TableName=table, Key=key)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "answered"

    assert code("missing") == "ResourceNotFoundException"
    ministack.note_start()
    assert ministack.note_start(), "the run before has not saved, as if it had been killed"
    assert (code("missing"), code(name)) == ("ServiceUnavailable", "answered")
    ministack.note_filled()
    assert code("missing") == "ResourceNotFoundException"
