"""Bring the template and the functions' archives into the emulator; again and again, with one result.

The stack carries the digest of all that went into it, so an unchanged one is
left alone, and an emulator that lost its state is filled again.
"""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from campaignhub.deployment.archives import SOURCE, Archives
from campaignhub.local_aws.ministack import ACCOUNT, CREDENTIALS, REGION, MiniStack
from campaignhub.local_aws.processes import EmbeddedError

TEMPLATE = SOURCE / "template.yaml"
STACK = "campaignhub"
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
        "LightCodeKey": archives.light.name,
        "ImagesCodeKey": archives.images.name,
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
    template = TEMPLATE.read_text()
    digest = hashlib.sha256(json.dumps([template, parameters], sort_keys=True).encode()).hexdigest()

    stacks = client("cloudformation", ministack.endpoint)
    before = _describe(stacks)
    if before and _tags(before).get(DIGEST_TAG) == digest and _is_settled(before):
        return Deployment(_outputs(before, ministack), fresh=False)

    address = _upload(ministack, archives, template)
    if before is None:
        _take_over_bucket(ministack, stacks)
    request = {
        "StackName": STACK,
        "TemplateURL": address,
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
        "Tags": [
            {"Key": DIGEST_TAG, "Value": digest},
            # The same address of the API after a crash: published pages carry it.
            {"Key": "ms-custom-id", "Value": STACK},
        ],
    }
    if _describe(stacks) is None:
        stacks.create_stack(**request)
    else:
        _update(stacks, request)
    outputs = _outputs(_settled(stacks), ministack)
    _complete(ministack, outputs)
    return Deployment(outputs, fresh=before is None)


def _upload(ministack: MiniStack, archives: Archives, template: str) -> str:
    """Put archives and template (too long for a request) into the code bucket."""
    store = client("s3", ministack.endpoint)
    try:
        store.head_bucket(Bucket=CODE_BUCKET)
    except ClientError:
        store.create_bucket(Bucket=CODE_BUCKET)
    held = {entry["Key"] for entry in store.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", ())}
    wanted = {archives.light.name, archives.images.name}
    for archive in (archives.light, archives.images):
        if archive.name not in held:
            store.put_object(Bucket=CODE_BUCKET, Key=archive.name, Body=archive.read_bytes())
    for key in held - wanted:
        store.delete_object(Bucket=CODE_BUCKET, Key=key)
    store.put_object(Bucket=CODE_BUCKET, Key="template.yaml", Body=template.encode())
    return f"{ministack.endpoint}/{CODE_BUCKET}/template.yaml"


def _take_over_bucket(ministack: MiniStack, stacks: Any) -> None:
    """Import the receipts' bucket where it outlived its stack.

    A killed emulator loses everything but its buckets, and a stack cannot
    create one that is there. So does AWS: an import first, the update after.
    """
    names = [entry["Name"] for entry in client("s3", ministack.endpoint).list_buckets()["Buckets"]]
    if RECEIPTS_BUCKET not in names:
        return
    stacks.create_change_set(
        StackName=STACK,
        ChangeSetName="take-over",
        ChangeSetType="IMPORT",
        TemplateBody=_BUCKET_ONLY.format(name=RECEIPTS_BUCKET),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::S3::Bucket",
                "LogicalResourceId": "Bucket",
                "ResourceIdentifier": {"BucketName": RECEIPTS_BUCKET},
            }
        ],
    )
    _wait(lambda: stacks.describe_change_set(StackName=STACK, ChangeSetName="take-over"), "Status")
    stacks.execute_change_set(StackName=STACK, ChangeSetName="take-over")
    _settled(stacks)


def _update(stacks: Any, request: dict[str, Any]) -> None:
    try:
        stacks.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise


def _describe(stacks: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = stacks.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _is_settled(stack: dict[str, Any]) -> bool:
    status = stack["StackStatus"]
    return status.endswith("_COMPLETE") and "ROLLBACK" not in status


def _settled(stacks: Any) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        return _describe(stacks) or {"StackStatus": "DELETE_COMPLETE"}

    stack = _wait(look, "StackStatus")
    if not _is_settled(stack):
        events = stacks.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
        ]
        raise EmbeddedError("The template was refused:\n" + "\n".join(reasons))
    return stack


def _wait(look: Any, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + DEPLOY_SECONDS
    while True:
        found: dict[str, Any] = look()
        if not found[name].endswith(("_IN_PROGRESS", "_PENDING")):
            return found
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The template is not in place after {DEPLOY_SECONDS} seconds.")
        time.sleep(0.1)


def _tags(stack: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


def _outputs(stack: dict[str, Any], ministack: MiniStack) -> dict[str, str]:
    outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in stack["Outputs"]}
    stage = f"{outputs['ApiId']}/{outputs['ApiStageName']}"
    return {**outputs, "ApiUrl": f"{ministack.endpoint}/_aws/execute-api/{stage}"}


def _complete(ministack: MiniStack, outputs: dict[str, str]) -> None:
    """Add what the emulator's CloudFormation leaves out, and put the result before the stage.

    It skips ``RequestValidator``, though its API honours one.
    """
    gateway = client("apigateway", ministack.endpoint)
    api = outputs["ApiId"]
    for old in gateway.get_request_validators(restApiId=api).get("items", ()):
        gateway.delete_request_validator(restApiId=api, requestValidatorId=old["id"])
    validator = gateway.create_request_validator(
        restApiId=api, name="body", validateRequestBody=True, validateRequestParameters=False
    )
    for resource in gateway.get_resources(restApiId=api, embed=["methods"], limit=500)["items"]:
        for verb, method in resource.get("resourceMethods", {}).items():
            if method.get("requestModels"):
                gateway.update_method(
                    restApiId=api,
                    resourceId=resource["id"],
                    httpMethod=verb,
                    patchOperations=[
                        {"op": "replace", "path": "/requestValidatorId", "value": validator["id"]}
                    ],
                )
    gateway.create_deployment(restApiId=api, stageName=outputs["ApiStageName"])


def outputs_as_environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """Name the outputs as :class:`campaignhub.env.Env` reads them: ``TableName`` → ``TABLE_NAME``."""
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): value for name, value in outputs.items()}
