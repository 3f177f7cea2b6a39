"""The environment of a function, and the queue it sets messages apart in."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ingest_lambda.adapters.quarantine import LARGEST_CHARS, QuarantineQueue, open_quarantine
from ingest_lambda.adapters.table import open_table
from ingest_lambda.config import Config
from ingest_lambda.errors import NoSuchQueue, TryAgain

pytestmark = pytest.mark.usefixtures("account")


def test_what_is_not_set_or_empty_has_its_default(monkeypatch):
    monkeypatch.setenv("TABLE_NAME", "t")
    monkeypatch.setenv("S3_PUBLIC_ENDPOINT", "")
    told = Config.from_environment()
    assert (told.table_name, told.s3_public_endpoint, told.write_threads) == ("t", None, 8)


@pytest.mark.parametrize("threads", ["0", "33", "many"])
def test_a_number_of_threads_that_cannot_be_is_refused(monkeypatch, threads):
    monkeypatch.setenv("WRITE_THREADS", threads)
    with pytest.raises(ValueError, match=r"WRITE_THREADS|invalid literal"):
        Config.from_environment()


def test_no_secret_is_ever_printed():
    told = Config(token_keys="k:aa", person_secret="bb", challenge_secrets="c:dd")
    assert not {"aa", "bb", "dd"} & set(repr(told).replace("'", " ").replace(":", " ").split())


def test_the_table_that_is_opened_is_the_one_that_was_named():
    boto3.client("dynamodb").create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    table = open_table(Config(table_name="t"))
    assert table.published.current("summer") is None
    table.published.put_block_list("k1", ["a" * 32])
    assert table.published.block_list("k1") == {"a" * 32}


def test_a_message_is_set_apart_with_its_reason_and_no_longer_than_fits():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="apart")["QueueUrl"]
    open_quarantine(Config(quarantine_queue_url=url)).put(
        "x" * 70_000, why="bad_token", sent_timestamp_ms="1"
    )
    (apart,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(apart["Body"]) == {
        "why": "bad_token",
        "sent_timestamp_ms": "1",
        "message": "x" * LARGEST_CHARS,
    }


def test_while_the_quarantine_is_away_the_message_comes_again():
    class Away:
        def send_message(self, **_arguments: str) -> None:
            raise EndpointConnectionError(endpoint_url="http://away")

    with pytest.raises(TryAgain):
        QuarantineQueue(Away, "url").put("text", why="bad_token", sent_timestamp_ms="1")


@pytest.mark.parametrize("code", ["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"])
def test_a_quarantine_at_a_wrong_address_is_an_error_and_no_passing_trouble(code: str):
    class Mistyped:
        def send_message(self, **_arguments: str) -> None:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "SendMessage")

    with pytest.raises(NoSuchQueue, match="QUARANTINE_QUEUE_URL"):
        QuarantineQueue(Mistyped, "url").put("text", why="bad_token", sent_timestamp_ms="1")
