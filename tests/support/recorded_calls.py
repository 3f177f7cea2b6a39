"""What a process asks of AWS, read from its requests as they are signed: actions, resources, keys."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.session import Session

REGION, ACCOUNT = "us-east-1", "123456789012"
_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""How IAM names the parts of a transaction."""
_S3 = {"HeadObject": "GetObject", "DeleteObjects": "DeleteObject", "ListObjectsV2": "ListBucket"}


@dataclass(frozen=True)
class Call:
    """One thing that a role must allow."""

    action: str
    resource: str
    leading_key: str | None = None
    """Of the item, where the table is asked for one."""


@contextmanager
def recorded_calls(session: Session) -> Iterator[list[Call]]:
    """Record what clients sign that ``session`` makes in the meantime."""
    calls: list[Call] = []

    def note(**signed: Any) -> None:
        calls.extend(
            read_request(signed["signing_name"], signed["operation_name"], signed["request"])
        )

    session.register("before-sign", note, unique_id="recorded-calls")
    try:
        yield calls
    finally:
        session.unregister("before-sign", unique_id="recorded-calls")


def read_request(service: str, operation: str, request: Any) -> Iterator[Call]:
    """Yield what a request needs, as IAM's Service Authorization Reference names it.

    Raises:
        ValueError: of a service that nothing here reads yet.
    """
    if service == "s3":
        yield from _of_bucket(_S3.get(operation, operation), request)
        return
    if service == "cloudfront-keyvaluestore":
        store = unquote(urlsplit(request.url).path.split("/")[2])
        yield Call(f"{service}:{operation}", store)
        return
    if service == "amplify":
        yield Call(f"{service}:{operation}", _of_amplify(operation, request.url))
        return
    asked = json.loads(request.body or request.data or b"{}")
    if service == "wafv2":
        yield Call(f"{service}:{operation}", asked["WebACLArn"])
        return
    if service == "sqs":
        queue = asked["QueueUrl"].rpartition("/")[2]
        # A batch needs the action of one.
        action = operation.removesuffix("Batch")
        yield Call(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    elif service == "secretsmanager":
        yield Call(f"secretsmanager:{operation}", asked["SecretId"])
    elif service == "dynamodb":
        yield from _of_table(operation, asked)
    else:
        raise ValueError(f"{service} is not read here")


def _of_bucket(action: str, request: Any) -> Iterator[Call]:
    _, bucket, key = _place(request.url)
    if action == "ListBucket":
        yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}")
    elif key:
        yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}")
    else:
        for named in re.findall(r"<Key>([^<]+)</Key>", _text(request.data)):
            yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}/{named}")


def _of_amplify(operation: str, url: str) -> str:
    """Name what a call is about; of what it makes, any."""
    if operation == "ListApps":
        return "*"
    made = "/new" if operation.startswith("Create") and operation != "CreateDeployment" else ""
    return f"arn:aws:amplify:{REGION}:{ACCOUNT}:{urlsplit(url).path.strip('/')}{made}"


def _text(body: str | bytes) -> str:
    return body.decode() if isinstance(body, bytes) else body


def _of_table(operation: str, asked: dict[str, Any]) -> Iterator[Call]:
    if operation == "TransactWriteItems":
        for item in asked["TransactItems"]:
            ((part, inner),) = item.items()
            yield _item(_PARTS[part], inner)
    else:
        yield _item(operation, asked)


def _item(action: str, asked: dict[str, Any]) -> Call:
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    resource = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{asked['TableName']}{index}"
    key = asked.get("Key") or asked.get("Item")
    if key is None:
        key = {"pk": asked["ExpressionAttributeValues"][":pk"]}
    return Call(f"dynamodb:{action}", resource, key["pk"]["S"])


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.lstrip("/")
    bucket, _, rest = host.partition(".s3.")
    if rest:
        return host, bucket, path
    bucket, _, path = path.partition("/")
    return host, bucket, path
