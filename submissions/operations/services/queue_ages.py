"""How long the oldest message of each queue has waited, without taking it out.

SQS tells how many there are and not how old they are, and to receive one and look
would count as a try. So the age is CloudWatch's metric on AWS (a minute old; of a
dead-letter queue counted from when the message came there) and the emulator's own
window on its queues in the embedded default.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import cloudwatch
from campaignhub.env import env

PEEKED = 1000
"""The emulator shows a queue with every message in it, so a fuller one is not asked for its oldest."""
_METRIC_LOOKS_BACK = timedelta(minutes=10)


def oldest_in(counts: Mapping[str, int | None], *, at: datetime) -> dict[str, datetime]:
    """Return since when the oldest message of each queue has waited, by the queue's address.

    ``counts`` are the messages that each holds; an empty one is not asked. What
    nobody can say is left out, never taken for young.
    """
    filled = [url for url, count in counts.items() if count]
    if not filled:
        return {}
    if not env().aws_endpoint_url:
        return _by_metric(filled, at)
    fewer = [url for url in filled if (counts[url] or 0) <= PEEKED]
    found = {url: _in_emulator(url) for url in fewer}
    return {url: moment for url, moment in found.items() if moment is not None}


def _by_metric(urls: Collection[str], at: datetime) -> dict[str, datetime]:
    names = {f"q{number}": url for number, url in enumerate(urls)}
    try:
        results = cloudwatch().get_metric_data(
            MetricDataQueries=[
                {
                    "Id": name,
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/SQS",
                            "MetricName": "ApproximateAgeOfOldestMessage",
                            "Dimensions": [{"Name": "QueueName", "Value": url.rpartition("/")[2]}],
                        },
                        "Period": 60,
                        "Stat": "Maximum",
                    },
                }
                for name, url in names.items()
            ],
            StartTime=at - _METRIC_LOOKS_BACK,
            EndTime=at,
            ScanBy="TimestampDescending",
        )["MetricDataResults"]
    except (BotoCoreError, ClientError):
        return {}
    return {
        names[result["Id"]]: result["Timestamps"][0] - timedelta(seconds=result["Values"][0])
        for result in results
        if result["Values"]
    }


def _in_emulator(url: str) -> datetime | None:
    """Return when the oldest was sent; through this window no message is hidden and no try counted."""
    window = f"{env().aws_endpoint_url}/_ministack/sqs/messages?{urlencode({'QueueUrl': url})}"
    try:
        with urlopen(window, timeout=2) as answer:  # noqa: S310 - the emulator's own address
            accounts: dict[str, Any] = json.load(answer)["messages"]
        sent = [
            int(message["Attributes"]["SentTimestamp"])
            for regions in accounts.values()
            for queues in regions.values()
            for messages in queues.values()
            for message in messages
        ]
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return None
    return datetime.fromtimestamp(min(sent) / 1000, UTC) if sent else None
