"""The AWS clients of Django's side: one of each per process, bounded, with a time limit on every call."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from campaignhub.env import env

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

LONG_POLL_SECONDS = 20
"""The longest wait that SQS allows; the read time-out must outlast it."""


def _client(service: Any, **config: Any) -> Any:
    settings = env()
    return boto3.client(
        service,
        region_name=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url or None,
        aws_access_key_id=settings.aws_access_key_id,
        aws_secret_access_key=settings.aws_secret_access_key,
        config=Config(
            connect_timeout=2,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=20,
        ).merge(Config(**config)),
    )


@cache
def dynamodb() -> "DynamoDBClient":
    """The table's client. Its callers retry what deserves it, so the SDK does not."""
    client: DynamoDBClient = _client("dynamodb", retries={"total_max_attempts": 1})
    return client


@cache
def sqs() -> "SQSClient":
    """The queues' client, patient enough for a long poll."""
    client: SQSClient = _client("sqs", read_timeout=LONG_POLL_SECONDS + 10)
    return client


@cache
def s3() -> "S3Client":
    """The bucket's client; signs with Signature Version 4, which every region takes."""
    client: S3Client = _client("s3", signature_version="s3v4")
    return client
