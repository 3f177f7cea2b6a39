"""What a process asks of AWS, read from its requests as they are signed: actions, resources, keys."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.session import Session

REGION, ACCOUNT = "us-east-1", "123456789012"
_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""How IAM names the parts of a transaction."""
_S3 = {
    "HeadObject": "GetObject",
    "DeleteObjects": "DeleteObject",
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
}
_WITHOUT_RESOURCE = {"monitoring": "cloudwatch", "sts": "sts", "lambda": "lambda"}
"""Of these nothing is called that knows a resource: of Lambda, what an account may."""


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
    if service in _BY_ADDRESS:
        yield from _BY_ADDRESS[service](operation, request)
        return
    if service in _WITHOUT_RESOURCE:
        yield Call(f"{_WITHOUT_RESOURCE[service]}:{operation}", "*")
        return
    asked = json.loads(request.body or request.data or b"{}")
    if service == "wafv2":
        yield Call(f"{service}:{operation}", asked["WebACLArn"])
        return
    if service == "sqs":
        # A move of messages names its queue by ARN.
        queue = (asked.get("QueueUrl") or asked["SourceArn"].replace(":", "/")).rpartition("/")[2]
        # A batch needs the action of one.
        action = operation.removesuffix("Batch")
        yield Call(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    elif service == "secretsmanager":
        yield Call(f"secretsmanager:{operation}", asked["SecretId"])
    elif service == "acm":
        # A list knows no resource, and what is asked for is none yet.
        yield Call(f"acm:{operation}", asked.get("CertificateArn", "*"))
    elif service == "dynamodb":
        yield from _of_table(operation, asked)
    else:
        raise ValueError(f"{service} is not read here")


def _of_stack(operation: str, request: Any) -> Iterator[Call]:
    """Name the stack by its name, as IAM does before it has an id; and the role that is handed over."""
    asked = _form(request)
    region = (urlsplit(request.url).hostname or "").split(".")[1]
    stack = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{asked['StackName']}/any"
    yield Call(f"cloudformation:{operation}", stack)
    if any(name.startswith("Tags.") for name in asked):
        yield Call("cloudformation:TagResource", stack)
    if "RoleARN" in asked:
        yield Call("iam:PassRole", asked["RoleARN"])


def _of_zone(operation: str, request: Any) -> Iterator[Call]:
    named = re.search(r"/hostedzone/([^/]+)/", urlsplit(request.url).path)
    place = f"arn:aws:route53:::hostedzone/{named[1]}" if named else "*"
    yield Call(f"route53:{operation}", place)


def _of_bucket(operation: str, request: Any) -> Iterator[Call]:
    action = _S3.get(operation, operation)
    _, bucket, key = _place(request.url)
    if action == "ListBucket":
        yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}")
    elif key:
        yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}")
    else:
        for named in re.findall(r"<Key>([^<]+)</Key>", _text(request.data)):
            yield Call(f"s3:{action}", f"arn:aws:s3:::{bucket}/{named}")


def _of_store(operation: str, request: Any) -> Iterator[Call]:
    store = unquote(urlsplit(request.url).path.split("/")[2])
    yield Call(f"cloudfront-keyvaluestore:{operation}", store)


def _of_amplify(operation: str, request: Any) -> Iterator[Call]:
    """Name what a call is about; of what it makes, any."""
    if operation == "ListApps":
        yield Call(f"amplify:{operation}", "*")
        return
    made = "/new" if operation.startswith("Create") and operation != "CreateDeployment" else ""
    place = urlsplit(request.url).path.strip("/") + made
    yield Call(f"amplify:{operation}", f"arn:aws:amplify:{REGION}:{ACCOUNT}:{place}")


def _of_gateway(_operation: str, request: Any) -> Iterator[Call]:
    """API Gateway's actions are methods, and its resources addresses."""
    place = urlsplit(request.url).path
    yield Call(f"apigateway:{request.method}", f"arn:aws:apigateway:{REGION}::{place}")


def _of_pipe(operation: str, request: Any) -> Iterator[Call]:
    name = urlsplit(request.url).path.split("/")[3]
    yield Call(f"pipes:{operation}", f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/{name}")


def _of_mail(operation: str, request: Any) -> Iterator[Call]:
    """A mail needs its sender's identity and the set that it is sent with."""
    service = f"arn:aws:ses:{REGION}:{ACCOUNT}"
    place = unquote(urlsplit(request.url).path)
    if "/identities/" in place:
        yield Call(f"ses:{operation}", f"{service}:identity/{place.rpartition('/')[2]}")
        return
    if place.endswith("/account"):
        yield Call(f"ses:{operation}", "*")
        return
    asked = json.loads(_text(request.body or request.data))
    actions = ["SendEmail", *(["SendRawEmail"] if "Raw" in asked["Content"] else [])]
    for action in actions:
        yield Call(f"ses:{action}", f"{service}:identity/sender")
        if "ConfigurationSetName" in asked:
            held = f"{service}:configuration-set/{asked['ConfigurationSetName']}"
            yield Call(f"ses:{action}", held)


_BY_ADDRESS: dict[str, Callable[[str, Any], Iterator[Call]]] = {
    "s3": _of_bucket,
    "cloudfront-keyvaluestore": _of_store,
    "amplify": _of_amplify,
    "apigateway": _of_gateway,
    "pipes": _of_pipe,
    "ses": _of_mail,
    "cloudformation": _of_stack,
    "route53": _of_zone,
}


def _form(request: Any) -> Mapping[str, str]:
    """Return the fields of a form, sent already or still to be written out."""
    held = request.data or request.body
    return held if isinstance(held, Mapping) else dict(parse_qsl(_text(held)))


def _text(body: str | bytes) -> str:
    return body.decode() if isinstance(body, bytes) else body


def _of_table(operation: str, asked: dict[str, Any]) -> Iterator[Call]:
    if operation == "TransactWriteItems":
        for item in asked["TransactItems"]:
            ((part, inner),) = item.items()
            yield _item(_PARTS[part], inner)
    elif "RequestItems" in asked:
        for name in asked["RequestItems"]:
            yield Call(f"dynamodb:{operation}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
    else:
        yield _item(operation, asked)


def _item(action: str, asked: dict[str, Any]) -> Call:
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    resource = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{asked['TableName']}{index}"
    key = asked.get("Key") or asked.get("Item")
    if key is None:
        if ":pk" not in asked.get("ExpressionAttributeValues", {}):
            return Call(f"dynamodb:{action}", resource)
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
