"""The age of the oldest message is told without touching it; what nobody knows is not taken for young."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from submissions.operations.services.dead_letters import depths, pairs
from submissions.operations.services.queue_ages import PEEKED, oldest_in

URL = "http://127.0.0.1/000000000000/campaignhub-images"


@contextmanager
def window(answer: Any, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """An emulator's window on its queues that shows one thing; yields its address and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query)["QueueUrl"][0])
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shown(*sent_ms: int) -> dict[str, Any]:
    """Spell messages as the emulator shows them."""
    messages = [{"Attributes": {"SentTimestamp": str(moment)}} for moment in sent_ms]
    return {"messages": {"000000000000": {"us-east-1": {"campaignhub-images": messages}}}}


def test_on_aws_it_is_the_metric_and_the_newest_value_of_it(queues: Any) -> None:
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
    by_name = {depth.name: depth for depth in depths(at=now)}
    since = by_name["images"].waiting_since
    assert since is not None
    assert timedelta(minutes=2) < now - since < timedelta(minutes=4)
    assert by_name["images"].dead_since is None
    assert by_name["mirror"].waiting_since is None


def test_in_the_embedded_default_it_is_the_oldest_in_the_emulators_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with window(shown(1_780_000_060_000, 1_780_000_000_000)) as (address, asked):
        monkeypatch.setattr(env(), "aws_endpoint_url", address)
        found = oldest_in({URL: 2, f"{URL}-dead": 0}, at=timezone.now())
    assert {url: moment.timestamp() for url, moment in found.items()} == {URL: 1_780_000_000}
    assert asked == [URL], "an empty queue is not asked"


@pytest.mark.parametrize(
    ("answer", "status"),
    [({}, 200), ({"messages": {"a": 1}}, 200), (shown(), 200), (shown(1), 500), ([], 200)],
)
def test_what_the_window_does_not_tell_is_not_known(
    monkeypatch: pytest.MonkeyPatch, answer: Any, status: int
) -> None:
    with window(answer, status) as (address, _):
        monkeypatch.setattr(env(), "aws_endpoint_url", address)
        assert oldest_in({URL: 1}, at=timezone.now()) == {}


def test_a_full_queue_or_one_that_did_not_answer_is_not_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with window(shown(1)) as (address, asked):
        monkeypatch.setattr(env(), "aws_endpoint_url", address)
        assert oldest_in({URL: PEEKED + 1, f"{URL}-dead": None}, at=timezone.now()) == {}
    assert asked == []
    monkeypatch.setattr(env(), "aws_endpoint_url", "http://127.0.0.1:9")
    assert oldest_in({URL: 1}, at=timezone.now()) == {}
