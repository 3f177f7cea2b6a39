"""An account in this process (moto) with the table, the bucket and the queues, for tests of our adapters."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber

from campaignhub import aws, ingest
from campaignhub.env import env
from submissions.operations.services import readings
from tests.ingest_lambda.declared import create_table

PAIRS = ("submissions", "images", "mirror", "celery", "mail_notices")
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
    with empty_account():
        _forget()
        region = env().aws_region
        create_table(boto3.client("dynamodb", region_name=region), env().table_name)
        boto3.client("s3", region_name=region).create_bucket(Bucket=env().bucket_name)
        queues = boto3.client("sqs", region_name=region)
        for name in PAIRS:
            dead = queues.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
            policy = {"deadLetterTargetArn": _arn(queues, dead), "maxReceiveCount": TRIES}
            url = queues.create_queue(
                QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)}
            )["QueueUrl"]
            monkeypatch.setattr(env(), f"{name}_queue_url", url)
            monkeypatch.setattr(env(), f"{name}_dead_letter_queue_url", dead)
        quarantine = queues.create_queue(QueueName="quarantine")["QueueUrl"]
        monkeypatch.setattr(env(), "quarantine_queue_url", quarantine)
        given_up = queues.create_queue(QueueName="mirror-pipe-dead")["QueueUrl"]
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
    monkeypatch.setattr(ingest._table().store, "client", _Away())


def _arn(queues: Any, url: str) -> str:
    answer = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _forget() -> None:
    asked = (aws.impatient_sqs, aws.impatient_dynamodb, aws.impatient_s3, aws.cloudwatch, aws.pipes)
    for client in (aws.dynamodb, aws.sqs, aws.s3, aws.ses, *asked, ingest._table, ingest._writer):
        client.cache_clear()
    readings.forget_here()
