"""The age of the oldest message is read without touching it; an unknown age is not a young one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaignhub import aws
from submissions.operations.services.dead_letters import pairs
from submissions.operations.services.queue_ages import oldest_in


def test_it_is_the_metric_and_the_newest_value_of_it(queues: Any) -> None:
    now, url = timezone.now(), pairs()["images"].source_url
    queues.send_message(QueueUrl=url, MessageBody="{}")
    for minutes, seconds in ((5, 900.0), (1, 90.0)):
        aws.cloudwatch().put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": "images"}],
                    "Timestamp": now - timedelta(minutes=minutes),
                    "Value": seconds,
                }
            ],
        )
    since = oldest_in({url: 1, pairs()["mirror"].source_url: 1}, at=now)
    assert timedelta(minutes=2) < now - since.pop(url) < timedelta(minutes=4)
    assert since == {}


def test_a_queue_without_a_metric_is_left_out(queues: Any) -> None:
    assert oldest_in({pairs()["images"].source_url: 1}, at=timezone.now()) == {}


def test_an_empty_queue_or_one_that_did_not_answer_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aws, "cloudwatch", None)
    assert oldest_in({"images": 0, "mirror": None}, at=timezone.now()) == {}
