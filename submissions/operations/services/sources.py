"""What is asked: each queue, the Pipes, the table, the bucket, the mail service, the functions."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from submissions.operations.services.dead_letters import count_messages, queue_urls
from submissions.operations.services.queue_ages import oldest_in
from submissions.operations.services.readings import Source

FUNCTIONS = ("start", "write", "write-one", "status", "images")
"""What follows the stack's name in the name of each function of the public path."""
FUNCTIONS_LOOK_BACK = timedelta(minutes=5)
_STATS = {"Invocations": "Sum", "Errors": "Sum", "Throttles": "Sum", "Duration": "Maximum"}


def sources() -> list[Source]:
    """Return everything that operations asks about, as this installation is deployed."""
    return [
        *_queues(),
        Source("ages", _ages),
        *(Source(f"pipe:{key}", partial(_pipe, name)) for key, name in _pipe_names() if name),
        Source("table", _table),
        Source("bucket", _bucket),
        Source("mail", _mail_service),
        *([Source("functions", _functions)] if env().write_function_name else []),
    ]


def _queues() -> Iterator[Source]:
    for url in queue_urls():
        yield Source(f"queue:{url}", partial(count_messages, url))


def _pipe_names() -> tuple[tuple[str, str], ...]:
    return ("ingest", env().ingest_pipe_name), ("mirror", env().mirror_pipe_name)


def _ages() -> dict[str, str]:
    found = oldest_in(dict.fromkeys(queue_urls(), 1), at=timezone.now())
    return {url: since.isoformat() for url, since in found.items()}


def _pipe(name: str) -> dict[str, str]:
    said = aws.pipes().describe_pipe(Name=name)
    return {
        "state": said["CurrentState"].replace("_", " ").lower(),
        "reason": said.get("StateReason", ""),
    }


def _table() -> dict[str, Any]:
    """Read an item that is not there: what an entry needs of the table, and the least that costs."""
    nothing = {"pk": {"S": "ANSWERS"}, "sk": {"S": "ANSWERS"}}
    aws.impatient_dynamodb().get_item(TableName=env().table_name, Key=nothing)
    return {}


def _bucket() -> dict[str, Any]:
    aws.impatient_s3().head_bucket(Bucket=env().bucket_name)
    return {}


def _mail_service() -> dict[str, Any]:
    """Ask about the sender of the platform, which mails without another come from; not to know it is an answer."""
    service, sender = aws.ses(), parseaddr(env().default_from_email)[1]
    try:
        said = service.get_email_identity(EmailIdentity=sender.rpartition("@")[2])
    except service.exceptions.NotFoundException:
        return {"verified": False}
    return {"verified": bool(said.get("VerifiedForSendingStatus"))}


def _functions() -> dict[str, dict[str, float]]:
    """Return what CloudWatch counted of each function in the last minutes; up to a minute old."""
    stem = env().write_function_name.removesuffix("-write")
    asked = [
        (f"m{number}", name, metric, stat)
        for number, (name, (metric, stat)) in enumerate(
            (name, pair) for name in FUNCTIONS for pair in _STATS.items()
        )
    ]
    now = timezone.now()
    results = aws.cloudwatch().get_metric_data(
        MetricDataQueries=[
            {
                "Id": query,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": metric,
                        "Dimensions": [{"Name": "FunctionName", "Value": f"{stem}-{name}"}],
                    },
                    "Period": 60,
                    "Stat": stat,
                },
            }
            for query, name, metric, stat in asked
        ],
        StartTime=now - FUNCTIONS_LOOK_BACK,
        EndTime=now,
    )["MetricDataResults"]
    values = {result["Id"]: result["Values"] for result in results}
    found: dict[str, dict[str, float]] = {f"{stem}-{name}": {} for name in FUNCTIONS}
    for query, name, metric, _stat in asked:
        if seen := values.get(query):
            together: Callable[[Any], float] = max if metric == "Duration" else sum
            found[f"{stem}-{name}"][metric.lower()] = together(seen)
    return found
