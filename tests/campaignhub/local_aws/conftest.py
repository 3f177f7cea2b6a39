"""An emulator for the tests of the embedded default, and small Pipes to try on it."""

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from campaignhub.local_aws.pipes.declaration import Pipe
from campaignhub.local_aws.pipes.runner import Runner
from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Deploy the template once for all tests here."""
    with running_stack(tmp_path_factory.mktemp("embedded")) as running:
        yield running


FUNCTION = """
import json, os, time, uuid
import boto3

def handler(event, context):
    plan = json.loads(os.environ["PLAN"])
    records = event if isinstance(event, list) else [event]
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(json.dumps({"bare": isinstance(event, list), "records": records}) + chr(10))
    attempts = [int(r["attributes"]["ApproximateReceiveCount"]) for r in records]
    if plan.get("raise_first") and min(attempts) == 1:
        raise RuntimeError("not this time")
    bad = plan.get("bad")
    failed = [r["messageId"] for r in records if bad and bad in r["body"]]
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed]}
"""


class Bench:
    """Makes queues, tables and functions for one test, and runs Pipes between them."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sqs = stack.client("sqs")
        self._functions = stack.client("lambda")
        self.dynamodb = stack.client("dynamodb")
        self._runners: list[tuple[Runner, threading.Event]] = []

    def queue(self, visibility: int = 2, attempts: int = 3) -> tuple[str, str, str]:
        """Make a queue and its dead-letter queue; return the queue's ARN and both addresses."""
        name = uuid4().hex[:12]
        dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        url = self.sqs.create_queue(
            QueueName=name,
            Attributes={
                "VisibilityTimeout": str(visibility),
                "RedrivePolicy": json.dumps(
                    {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": attempts}
                ),
            },
        )["QueueUrl"]
        return self.arn(url), url, dead

    def arn(self, url: str) -> str:
        """Return the ARN of a queue."""
        got = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(got["Attributes"]["QueueArn"])

    def function(self, **plan: Any) -> tuple[str, Callable[[], list[dict[str, Any]]]]:
        """Make a function that notes what it gets; return its ARN and a look at the notes."""
        name = uuid4().hex[:12]
        seen = self.stack.directory / f"{name}.jsonl"
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("noting.py", FUNCTION.replace("import boto3\n", ""))
        made = self._functions.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role="arn:aws:iam::000000000000:role/none",
            Handler="noting.handler",
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"PLAN": json.dumps(plan), "SEEN": str(seen)}},
        )

        def calls() -> list[dict[str, Any]]:
            return (
                [json.loads(line) for line in seen.read_text().splitlines()]
                if seen.exists()
                else []
            )

        return str(made["FunctionArn"]), calls

    def table(self) -> tuple[str, str]:
        """Make a table with a stream; return its name and the stream's ARN."""
        made = self.dynamodb.create_table(
            TableName=uuid4().hex[:12],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]
        return str(made["TableName"]), str(made["LatestStreamArn"])

    def run(self, *pipes: Pipe) -> Callable[[], None]:
        """Run Pipes until the returned function, or the end of the test, stops them."""
        runner = Runner(self.stack.ministack.endpoint, "none", self.stack.directory / "positions")
        runner.keep(list(pipes))
        ended = threading.Event()

        def end() -> None:
            if not ended.is_set():
                ended.set()
                runner.end()

        self._runners.append((runner, ended))
        return end

    def bodies(self, url: str) -> list[str]:
        """Take everything that is visible in a queue now."""
        found: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found += [message["Body"] for message in messages]
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def waiting(self, url: str) -> int:
        """Count what a queue holds, visible or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        got = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(got[name]) for name in names)

    def end(self) -> None:
        """Stop every Pipe of the test."""
        for runner, ended in self._runners:
            if not ended.is_set():
                ended.set()
                runner.end()


@pytest.fixture
def bench(stack: Stack) -> Iterator[Bench]:
    """Give a test its bench, and stop its Pipes after it."""
    made = Bench(stack)
    yield made
    made.end()


def eventually(check: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until ``check`` holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
