"""An account in this process (moto) with the table, the bucket and the queues, for tests of our adapters."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, wraps
from threading import Lock
from typing import Any
from urllib.parse import urlparse

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from campaignhub import aws, ingest
from campaignhub.env import env
from submissions.operations.services import readings
from tests.ingest_lambda.declared import create_stock_table, create_table
from tests.support.message_moves import refuse_moves

PAIRS = ("submissions", "images", "mirror", "mail_tasks", "jobs", "mail_notices")
TRIES = 3


@contextmanager
def empty_account() -> Iterator[None]:
    """Give a test an account with nothing in it; what it made is gone afterwards.

    moto starts once a process and is emptied between tests: its start forgets boto3's session, and reading
    the models of the services again takes ten times as long as most tests.
    """
    _start_moto()
    botocore_stubber.enabled = True
    try:
        yield
    finally:
        botocore_stubber.enabled = False
        BackendDict.reset()
        reset_model_data()


@cache
def _start_moto() -> None:
    # The credentials are those of tests/environment.py.
    mock_aws(config={"core": {"mock_credentials": False, "reset_boto3_session": False}}).start()


@contextmanager
def simulated_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run an empty account that ``env()`` points to; yield a client of its queues."""
    monkeypatch.setattr(env(), "aws_endpoint_url", None)
    # On a busy machine the account, which is in this process, may take longer than a person waits.
    monkeypatch.setattr(readings, "PAGE_WAITS_SECONDS", 30)
    refuse_moves(monkeypatch)
    _hand_out_one_after_another(monkeypatch)
    with empty_account():
        _forget()
        table, bucket, queues = _clients(env().aws_region)
        create_table(table, env().table_name)
        create_stock_table(table, env().stock_table_name)
        bucket.create_bucket(Bucket=env().bucket_name)
        for name in PAIRS:
            dead = _make_queue(f"{name}-dead")
            policy = {"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": TRIES}
            queue = _make_queue(name, RedrivePolicy=json.dumps(policy))
            monkeypatch.setattr(env(), f"{name}_queue_url", _url(queue))
            monkeypatch.setattr(env(), f"{name}_dead_letter_queue_url", _url(dead))
        monkeypatch.setattr(env(), "quarantine_queue_url", _url(_make_queue("quarantine")))
        given_up = _url(_make_queue("mirror-pipe-dead"))
        monkeypatch.setattr(env(), "mirror_pipe_dead_letter_queue_url", given_up)
        yield queues
    _forget()


def depth(queues: Any, url: str) -> int:
    """Count the messages of a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    held = queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(held[name]) for name in names)


class _Away:
    """A client of a service at whose address nothing answers."""

    def __getattr__(self, _operation: str) -> Any:
        def call(**_arguments: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="http://away")

        return call


def take_table_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no call of the site's table be answered."""
    monkeypatch.setattr(ingest.clients.submissions_table().store, "client", _Away())


def _hand_out_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two calls at once get different messages: moto looks for what is visible, and hides it, without a lock."""
    receive, one_after_another = SQSBackend.receive_message, Lock()

    @wraps(receive)
    def received(*arguments: Any, **named: Any) -> Any:
        with one_after_another:
            return receive(*arguments, **named)

    monkeypatch.setattr(SQSBackend, "receive_message", received)


@cache
def _clients(region: str) -> tuple[Any, Any, Any]:
    """Make the clients of what is arranged here, once a process: to make them takes as long as to use them."""
    services: tuple[Any, ...] = ("dynamodb", "s3", "sqs")
    table, bucket, queues = (boto3.client(service, region_name=region) for service in services)
    return table, bucket, queues


def _make_queue(name: str, **attributes: Any) -> Queue:
    """Make a queue as moto keeps it: a call of the SDK for each of a dozen took most of an account's time."""
    return sqs_backends[DEFAULT_ACCOUNT_ID][env().aws_region].create_queue(name, **attributes)


def _url(queue: Queue) -> str:
    return queue.url(urlparse(f"https://sqs.{env().aws_region}.amazonaws.com"))


def _forget() -> None:
    asked = (aws.impatient_sqs, aws.impatient_dynamodb, aws.impatient_s3, aws.cloudwatch, aws.pipes)
    for client in (
        aws.dynamodb,
        aws.sqs,
        aws.s3,
        aws.ses,
        *asked,
        ingest.clients.submissions_table,
        ingest.clients.stock_table,
        ingest.clients.giver,
        ingest.submissions._writer,
    ):
        client.cache_clear()
    readings.forget_here()
