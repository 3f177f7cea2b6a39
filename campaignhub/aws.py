"""The AWS clients of Django's side: one of each per process, bounded, with a time limit on every call.

boto3's clients may be shared between threads; making one costs 50 ms and reads
the service's description, so each is made once, at its first use.

In a process that answers people (:func:`answer_people`) the table, the queues and the
buckets have :data:`BRIEF_SECONDS` for an answer: a page says that they are away, and
what it decided is carried by the clock.
"""

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from campaignhub.env import env
from ingest_lambda.adapters.quick_client import quickened

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

LONG_POLL_SECONDS = 20
"""The longest wait that SQS allows; the read time-out must outlast it."""

_HOT: dict[str, Any] = {"parameter_validation": False, "user_agent": "campaignhub"}
"""For what is called for every submission: the two are a third of what the SDK costs a call. What we
send is typed already, and nobody reads the list of parts in the agent's name."""

_OF_DRAINS = frozenset({"receive_message", "delete_message_batch"})
"""What is asked of a queue for every few messages."""

_FEW_TRIES: dict[str, Any] = {"mode": "standard", "total_max_attempts": 3}
_ONE_TRY: dict[str, Any] = {"mode": "standard", "total_max_attempts": 1}


EDGE_REGION = "us-east-1"
"""Where everything of a distribution is, wherever the rest is."""


BRIEF_SECONDS = 2
_BRIEF_TRIES = 2


@dataclass
class _Process:
    answers_people: bool = False


_process = _Process()


def answer_people() -> None:
    """Let calls of this process wait briefly, since a person waits for them. Call it before any client is made."""
    _process.answers_people = True


def _briefly(**config: Any) -> dict[str, Any]:
    """Return the configuration of a client that pages wait for: with shorter limits where people wait."""
    if not _process.answers_people:
        return config
    tries = config.get("retries", _FEW_TRIES)
    return {
        **config,
        "connect_timeout": 1,
        "read_timeout": BRIEF_SECONDS,
        "retries": {**tries, "total_max_attempts": min(_BRIEF_TRIES, tries["total_max_attempts"])},
    }


def _client(service: Any, *, region: str = "", **config: Any) -> Any:
    settings = env()
    return boto3.client(
        service,
        region_name=region or settings.aws_region,
        endpoint_url=settings.aws_endpoint_url,
        aws_access_key_id=settings.aws_access_key_id,
        aws_secret_access_key=settings.aws_secret_access_key,
        config=Config(
            **{
                "connect_timeout": 2,
                "read_timeout": 10,
                "retries": _FEW_TRIES,
                "max_pool_connections": 20,
                **config,
            }
        ),
    )


@cache
def dynamodb() -> "DynamoDBClient":
    """The table's client. Its callers retry what deserves it, so the SDK does not."""
    client: DynamoDBClient = _client("dynamodb", **_briefly(retries=_ONE_TRY, **_HOT))
    return client


@cache
def sqs() -> "SQSClient":
    """The queues' client, patient enough for a long poll."""
    client = _client("sqs", **_briefly(read_timeout=LONG_POLL_SECONDS + 10, **_HOT))
    quick: SQSClient = quickened(client, _OF_DRAINS)
    return quick


@cache
def impatient_sqs() -> "SQSClient":
    """The queues' client of a health check, whose caller waits a few seconds at most."""
    client: SQSClient = _client("sqs", connect_timeout=1, read_timeout=2, retries=_ONE_TRY)
    return client


@cache
def impatient_dynamodb() -> "DynamoDBClient":
    """The table's client of a health check."""
    client: DynamoDBClient = _client(
        "dynamodb", connect_timeout=1, read_timeout=2, retries=_ONE_TRY
    )
    return client


@cache
def impatient_s3() -> "S3Client":
    """The bucket's client of a health check."""
    client: S3Client = _client(
        "s3",
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
        connect_timeout=1,
        read_timeout=2,
        retries=_ONE_TRY,
    )
    return client


@cache
def s3() -> "S3Client":
    """The bucket's client; signs with Signature Version 4, which every region takes."""
    client: S3Client = _client(
        "s3",
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
        **_briefly(read_timeout=30),
    )
    return client


@cache
def pages_s3() -> "S3Client":
    """The client of the pages' bucket, which stands where its distribution does."""
    client: S3Client = _client(
        "s3", region=EDGE_REGION, signature_version="s3v4", **_briefly(read_timeout=30)
    )
    return client


@cache
def live_pages() -> Any:
    """The client of the store that says which page is live. Its requests are signed by awscrt (SigV4A)."""
    return _client("cloudfront-keyvaluestore", region=EDGE_REGION, **_briefly())


@cache
def amplify() -> Any:
    """The client of Amplify. A limit that is reached is waited for by the clock, not by the SDK."""
    return _client("amplify", retries=_ONE_TRY)


@cache
def web_acls() -> Any:
    """The client of the firewall of distributions."""
    return _client("wafv2", region=EDGE_REGION)


def bucket_origins() -> list[str]:
    """Return the origins of signed links to the bucket's files, as the SDK builds them.

    ``virtual`` addressing puts the bucket's name before the host; an endpoint
    whose host is an IP address keeps it in the path.
    """
    settings = env()
    if settings.aws_endpoint_url is None:
        hosts = ["s3.amazonaws.com", f"s3.{settings.aws_region}.amazonaws.com"]
        return [f"https://{settings.bucket_name}.{host}" for host in hosts]
    parts = urlsplit(settings.aws_endpoint_url)
    name = "" if _is_address(parts.hostname or "") else f"{settings.bucket_name}."
    return [f"{parts.scheme}://{name}{parts.netloc}"]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def ses() -> Any:
    """The mail service's client, for questions about senders; mails go through Django's backend."""
    return _client("sesv2", connect_timeout=1, read_timeout=3, retries=_ONE_TRY)


@cache
def cloudwatch() -> Any:
    """The metrics' client, for a page whose reader waits a few seconds at most."""
    return _client("cloudwatch", connect_timeout=1, read_timeout=3, retries=_ONE_TRY)


@cache
def pipes() -> Any:
    """The Pipes' client, for a page whose reader waits a few seconds at most."""
    return _client("pipes", connect_timeout=1, read_timeout=3, retries=_ONE_TRY)


@cache
def api_gateway() -> Any:
    """The gateway's client, for the keys of partners. What it makes is named, so it is not repeated."""
    return _client("apigateway", retries=_ONE_TRY)


def secrets_manager(*, region: str = "") -> Any:
    """The client of the secrets, for who changes them; in the site's region unless another is named."""
    return _client("secretsmanager", region=region)


def region_of(arn: str) -> str:
    """Return the region that an ARN names, whatever this machine is set to; nothing of a plain name."""
    parts = arn.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 5 else ""
