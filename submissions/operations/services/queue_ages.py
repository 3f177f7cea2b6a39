"""How long the oldest message of each queue has waited, without taking it out.

SQS returns how many messages there are and not how old they are, and receiving one to
look at it would count as a delivery. So the age is CloudWatch's metric, which is up to a
minute old; of a dead-letter queue it counts from when the message came there.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from campaignhub.aws import cloudwatch

_METRIC_LOOKS_BACK = timedelta(minutes=10)


def oldest_in(counts: Mapping[str, int | None], *, at: datetime) -> dict[str, datetime]:
    """Return since when the oldest message of each queue has waited, by the queue's address.

    ``counts`` are the messages that each holds; an empty one is not asked for. A queue
    without a metric is left out: an unknown age is not a young one.

    Raises:
        BotoCoreError, ClientError: the metrics don't answer.
    """
    names = {f"q{number}": url for number, url in enumerate(url for url in counts if counts[url])}
    if not names:
        return {}
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
    return {
        names[result["Id"]]: result["Timestamps"][0] - timedelta(seconds=result["Values"][0])
        for result in results
        if result["Values"]
    }
