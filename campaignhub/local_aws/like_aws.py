"""What AWS answers and the emulator does not, so that the platform needs no branch for either.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

- SQS publishes the age of each queue's oldest message as a metric. The emulator has
  no such metric, so it is computed from the queue when CloudWatch is asked for it.
- On AWS a table is there, or its name is wrong. A killed emulator loses its tables, and
  they come back under other names when ``up`` has deployed again. Until then a missing
  table is answered as a service that is unavailable, which callers retry; afterwards as
  ``ResourceNotFoundException``, which they report.
- A request validator of a template is one of the API, and its methods have it. The
  emulator's CloudFormation leaves both out, so that no body is looked at.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ministack.services import apigateway_v1, cloudwatch, dynamodb, sqs
from ministack.services.cloudformation import provisioners

OLDEST = ("AWS/SQS", "ApproximateAgeOfOldestMessage")
MOST_SEEN = 1000
"""Messages are kept in the order in which they came, so the oldest is among the first."""

Answer = tuple[int, dict[str, str], bytes]


def get_metric_data(
    parameters: Any, asked: dict[str, Any], is_cbor: bool, is_json: bool = False
) -> Any:
    """Return metrics; the age of a queue's oldest message as it is now, to the second."""
    end = cloudwatch._parse_ts(asked.get("EndTime"))
    for query in asked.get("MetricDataQueries", ()):
        stat = query.get("MetricStat", {})
        metric = stat.get("Metric", {})
        if (metric.get("Namespace"), metric.get("MetricName")) != OLDEST or end is None:
            continue
        stat["Period"] = 1
        dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
        points = _points(dimensions, at=int(end) - 1)
        cloudwatch._metrics[(*OLDEST, cloudwatch._dims_key(dimensions))] = points
    return _get_metric_data(parameters, asked, is_cbor, is_json)


def _points(dimensions: Mapping[str, str], *, at: float) -> list[dict[str, Any]]:
    """Return the one point that a queue's metric has, or none for an empty or unknown queue."""
    url = sqs._queue_name_to_url.get(dimensions.get("QueueName"))
    held = sqs._queues[url]["messages"][:MOST_SEEN] if url in sqs._queues else []
    if not held:
        return []
    age = max(0.0, at - min(message["sent_at"] for message in held))
    return [{"Timestamp": at, "Value": age, "Unit": "Seconds", "Dimensions": dict(dimensions)}]


async def handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Answer:
    """Call DynamoDB; while the tables are being restored, a missing one is passing trouble."""
    status, answered, content = await _handle_request(method, path, headers, body, query)
    if status == 400 and b"ResourceNotFoundException" in _bytes(content) and _refilling().exists():
        error = {"__type": "ServiceUnavailable", "message": "The tables are being restored."}
        return 503, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(error).encode()
    return status, answered, content


def _refilling() -> Path:
    return Path(os.environ["REFILLING"])


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def create_validator(
    _resource: str, properties: Mapping[str, Any], _stack: str
) -> tuple[str, dict[str, str]]:
    """Make a template's request validator."""
    flags = {name[0].lower() + name[1:]: value for name, value in properties.items()}
    _, _, body = apigateway_v1._create_request_validator(properties["RestApiId"], flags)
    made = json.loads(body)["id"]
    return made, {"RequestValidatorId": made}


def update_validator(
    _physical: str, _before: Mapping[str, Any], properties: Mapping[str, Any], stack: str
) -> tuple[str, dict[str, str]]:
    """Make another in its place; the emulator removes the one before."""
    return create_validator("", properties, stack)


def delete_validator(physical: str, properties: Mapping[str, Any]) -> None:
    """Remove a template's request validator."""
    apigateway_v1._delete_request_validator(properties["RestApiId"], physical)


def with_validator(handle: Callable[..., Any]) -> Callable[..., Any]:
    """Give a method of the API the validator that its template names, after what the emulator does."""

    def handled(*arguments: Any) -> Any:
        answer, properties = handle(*arguments), arguments[-2]
        resource = apigateway_v1._resources[properties["RestApiId"]][properties["ResourceId"]]
        method = resource["resourceMethods"][properties["HttpMethod"]]
        method["requestValidatorId"] = properties.get("RequestValidatorId")
        return answer

    return handled


_get_metric_data, _handle_request = cloudwatch._get_metric_data, dynamodb.handle_request


def complete() -> None:
    """Put the missing answers into the emulator."""
    cloudwatch._get_metric_data = get_metric_data
    dynamodb.handle_request = handle_request
    provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RequestValidator"] = {
        "create": create_validator,
        "update": update_validator,
        "delete": delete_validator,
    }
    methods = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::Method"]
    for step in ("create", "update"):
        methods[step] = with_validator(methods[step])
