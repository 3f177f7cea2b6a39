"""What AWS answers and the emulator does not, so that the platform needs no branch for either.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

- SQS publishes the age of each queue's oldest message as a metric. The emulator has
  no such metric, so it is computed from the queue when CloudWatch is asked for it.
- On AWS a table is there, or its name is wrong. A killed emulator loses its tables, and
  they come back under other names when ``up`` has deployed again. Until then a missing
  table is answered as a service that is unavailable, which callers retry; afterwards as
  ``ResourceNotFoundException``, which they report.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ministack.services import cloudwatch, dynamodb, sqs

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


_get_metric_data, _handle_request = cloudwatch._get_metric_data, dynamodb.handle_request


def complete() -> None:
    """Put the missing answers into the emulator."""
    cloudwatch._get_metric_data = get_metric_data
    dynamodb.handle_request = handle_request
