"""Bring the template and the functions' archives into the emulator; again and again, with one result.

The stack carries the digest of all that went into it, so an unchanged one is
left alone, and an emulator that lost its state is filled again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from campaignhub.deployment.archives import Archives
from campaignhub.deployment.errors import StackFailed
from campaignhub.deployment.stack import Request, Stack, outputs_of
from campaignhub.deployment.template import INGEST, ORDER
from campaignhub.deployment.upload import template_argument, upload_archives
from campaignhub.local_aws.ministack import ACCOUNT, CREDENTIALS, REGION, MiniStack
from campaignhub.local_aws.processes import EmbeddedError

STACK = "campaignhub"
NOTICES_STACK = f"{STACK}-notices"
CODE_BUCKET = "campaignhub-code"
RECEIPTS_BUCKET = f"{STACK}-receipts-{ACCOUNT}-{REGION}"
"""Known beforehand, since it outlives the emulator's other state and is taken over."""
DIGEST_TAG = "campaignhub:digest"
DEPLOY_SECONDS = 120

_BUCKET_ONLY = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties:
      BucketName: {name}
"""


@dataclass(frozen=True)
class Wanted:
    """What decides a deployment besides template and code."""

    token_keys: str = field(repr=False)
    person_secret: str = field(repr=False)
    allowed_origin: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    """More of the template's parameters, by name."""


@dataclass(frozen=True)
class Deployment:
    """What a deployment gave."""

    outputs: dict[str, str]
    """The stack's outputs by name, ``ApiUrl`` being the emulator's address of the stage."""
    fresh: bool
    """There was no stack before: the table is empty and wants what Django knows."""


@cache
def client(service: Any, endpoint: str) -> Any:
    """Return this process's client for a service of the emulator, with a bound on every call."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            connect_timeout=2,
            read_timeout=60,
            retries={"total_max_attempts": 1},
            max_pool_connections=20,
            s3={"addressing_style": "path"},
        ),
    )


def deploy(ministack: MiniStack, archives: Archives, wanted: Wanted) -> Deployment:
    """Make the stack what template, archives and parameters say, and return what it gave.

    Raises:
        EmbeddedError: the emulator refused; its reason is in the text.
    """
    parameters = {
        "AllowedOrigins": wanted.allowed_origin,
        "TokenKeys": wanted.token_keys,
        "PersonSecret": wanted.person_secret,
        "ReceiptsBucketName": RECEIPTS_BUCKET,
        "CodeBucket": CODE_BUCKET,
        **archives.parameters(),
        "S3PublicEndpoint": ministack.endpoint,
        # Shorter than on AWS: what a killed process held comes back after this time, and the
        # emulator counts a function's start apart from its timeout. Not shorter still: on a busy
        # machine a batch that is cut off costs a new start, and five of them its place in the queue.
        "WriteTimeoutSeconds": "10",
        "SubmissionsVisibilitySeconds": "32",
        # As on AWS, since the decoder's limits are the same (ingest_lambda.pictures.limits).
        "ImagesTimeoutSeconds": "60",
        "ImagesVisibilitySeconds": "120",
        "Scale": "machine",
        # Objects survive a crash of the emulator, their older versions do not.
        "BucketVersioning": "Suspended",
        **wanted.parameters,
    }
    template = INGEST.read_text()
    digest = _digest(template, parameters)
    stack = _stack(ministack, STACK)
    before = stack.describe()
    if before and _is_current(before, digest):
        return Deployment(_outputs(outputs_of(before), ministack), fresh=False)

    request = Request(
        template=_upload(ministack, archives, template),
        parameters=parameters,
        tags={
            DIGEST_TAG: digest,
            # The same address of the API after a crash: published pages carry it.
            "ms-custom-id": STACK,
        },
    )
    if before is None:
        _take_over_bucket(ministack, stack)
    return Deployment(_outputs(_bring(stack, request), ministack), fresh=before is None)


def deploy_notices(ministack: MiniStack, sender: str) -> dict[str, str]:
    """Bring the stack of mails into the emulator, as on AWS, and return its outputs by name.

    ``sender`` is ``Name <address>``; the stack is for the domain of that address.

    Raises:
        EmbeddedError: the emulator refused; its reason is in the text.
    """
    template = ORDER["notices"].read_text()
    parameters = {"MailDomain": parseaddr(sender)[1].rpartition("@")[2]}
    digest = _digest(template, parameters)
    stack = _stack(ministack, NOTICES_STACK)
    before = stack.describe()
    if before and _is_current(before, digest):
        return outputs_of(before)
    return _bring(stack, Request({"TemplateBody": template}, parameters, {DIGEST_TAG: digest}))


def _digest(template: str, parameters: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps([template, parameters], sort_keys=True).encode()).hexdigest()


def _stack(ministack: MiniStack, name: str) -> Stack:
    return Stack(
        client("cloudformation", ministack.endpoint),
        name,
        pause_seconds=0.1,
        patience_seconds=DEPLOY_SECONDS,
    )


def _bring(stack: Stack, request: Request) -> dict[str, str]:
    """Make a stack what is asked for, and return its outputs."""
    try:
        proposed = stack.propose(request)
        found = stack.describe() if proposed.is_empty else stack.execute(proposed)
    except StackFailed as error:
        raise EmbeddedError(f"The template was refused: {error.message}") from error
    return outputs_of(found or {})


def _upload(ministack: MiniStack, archives: Archives, template: str) -> dict[str, str]:
    """Put archives and template into the code bucket, and say where the template is."""
    store = client("s3", ministack.endpoint)
    try:
        store.head_bucket(Bucket=CODE_BUCKET)
    except ClientError:
        store.create_bucket(Bucket=CODE_BUCKET)
    wanted = upload_archives(store, CODE_BUCKET, archives)
    # One state of the code at a time: a machine is not filled by its edits.
    held = {found["Key"] for found in store.list_objects_v2(Bucket=CODE_BUCKET)["Contents"]}
    for key in held - set(wanted):
        store.delete_object(Bucket=CODE_BUCKET, Key=key)
    return template_argument(store, CODE_BUCKET, template)


def _take_over_bucket(ministack: MiniStack, stack: Stack) -> None:
    """Import the receipts' bucket where it outlived its stack.

    A killed emulator loses everything but its buckets, and a stack cannot
    create one that is there. So does AWS: an import first, the update after.
    """
    names = [entry["Name"] for entry in client("s3", ministack.endpoint).list_buckets()["Buckets"]]
    if RECEIPTS_BUCKET not in names:
        return
    try:
        stack.execute(
            stack.adopt(
                _BUCKET_ONLY.format(name=RECEIPTS_BUCKET),
                "AWS::S3::Bucket",
                "Bucket",
                {"BucketName": RECEIPTS_BUCKET},
            )
        )
    except StackFailed as error:
        raise EmbeddedError(f"The bucket was not taken over: {error.message}") from error


def _is_current(stack: dict[str, Any], digest: str) -> bool:
    """Tell whether a stack is settled, and carries the digest of what it shall be."""
    status = stack["StackStatus"]
    settled = status.endswith("_COMPLETE") and "ROLLBACK" not in status
    return settled and _tags(stack).get(DIGEST_TAG) == digest


def _tags(stack: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


def _outputs(outputs: dict[str, str], ministack: MiniStack) -> dict[str, str]:
    stage = f"{outputs['ApiId']}/{outputs['ApiStageName']}"
    return {**outputs, "ApiUrl": f"{ministack.endpoint}/_aws/execute-api/{stage}"}
