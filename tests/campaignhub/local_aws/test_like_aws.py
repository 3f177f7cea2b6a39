"""What AWS answers, the emulator answers too: the age of messages, a table that is not there, a caller that has died."""

import http.client
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

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


def test_a_poll_whose_caller_has_died_takes_no_message(bench: Bench) -> None:
    _, url, dead = bench.queue(visibility=600)
    address = urlsplit(bench.stack.ministack.endpoint)
    caller = http.client.HTTPConnection(str(address.hostname), address.port)
    scope = f"{CREDENTIALS['AWS_ACCESS_KEY_ID']}/20260101/us-east-1/sqs/aws4_request"
    head = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "X-Amz-Target": "AmazonSQS.ReceiveMessage",
        "Content-Type": "application/x-amz-json-1.0",
    }

    def poll(seconds: int) -> None:
        body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": seconds})
        caller.request("POST", "/", body, head)

    poll(0)
    answer = caller.getresponse()
    assert (answer.status, json.load(answer)) == (200, {})
    poll(20)
    # What comes on another connection is answered after it: the emulator reads one after the other.
    bench.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    caller.close()
    bench.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])

    bench.sqs.send_message(QueueUrl=url, MessageBody="for those who live")
    # A poll looks ten times a second, so that one of a second ends after the other has looked.
    bench.sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=1)

    (message,) = bench.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert message["Body"] == "for those who live"
