"""The emulator keeps its state over an orderly stop, and is filled again after a kill."""

import json
import os
import signal
import threading

import pytest

from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.pipes.runner import Runner
from tests.campaignhub.local_aws.conftest import eventually
from tests.support.stack import INTERPRETER, Stack, deploy_to, free_port

pytestmark = pytest.mark.flow


@pytest.fixture
def ministack(tmp_path):
    return MiniStack(port=free_port(), directory=tmp_path / "aws", python=INTERPRETER)


def put(stack: Stack, sk: str) -> None:
    stack.client("dynamodb").put_item(
        TableName=stack.outputs["TableName"],
        Item={"pk": {"S": "SUBMISSION#1"}, "sk": {"S": sk}},
    )


def take_mirrored(stack: Stack, into: set[str]) -> set[str]:
    """Add what waits in the mirror queue to ``into``."""
    sqs, url = stack.client("sqs"), stack.outputs["MirrorQueueUrl"]
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
        into.add(json.loads(message["Body"])["dynamodb"]["Keys"]["sk"]["S"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return into


def test_a_second_deployment_of_the_same_changes_nothing(ministack, tmp_path):
    child = ministack.start(tmp_path / "aws.log")
    try:
        first = deploy_to(ministack)
        second = deploy_to(ministack)
        third = deploy_to(ministack, {"PipeTarget": "api"})
    finally:
        child.stop()

    assert first.fresh
    assert not second.fresh
    assert not third.fresh
    assert first.outputs == second.outputs
    assert third.outputs["TableName"] == first.outputs["TableName"]


def test_pipes_outlive_a_restart_of_the_emulator_and_the_loss_of_its_state(ministack, tmp_path):
    log = tmp_path / "aws.log"
    child = ministack.start(log)
    stop = threading.Event()
    runner = Runner(ministack.endpoint, "campaignhub", tmp_path / "positions")
    pipes = threading.Thread(target=runner.run, args=(stop,))
    pipes.start()
    try:
        assert not ministack.note_start()
        stack = Stack(ministack, deploy_to(ministack).outputs, tmp_path)
        for number in range(3):
            put(stack, f"IMAGE#{number}")
        seen: set[str] = set()
        eventually(lambda: take_mirrored(stack, seen) == {"IMAGE#0", "IMAGE#1", "IMAGE#2"})
        bucket = stack.outputs["BucketName"]
        stack.client("s3").put_object(
            Bucket=bucket, Key="receipts/one", Body=b"kept", ContentType="image/jpeg"
        )

        child.stop()
        assert not ministack.note_start()
        child.start()
        ministack.wait(child)
        deployment = deploy_to(ministack)
        assert not deployment.fresh
        assert deployment.outputs == stack.outputs
        # Fewer records than before: a position that only counts would pass over them.
        put(stack, "SUBMISSION")
        eventually(lambda: "SUBMISSION" in take_mirrored(stack, seen))
        items = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])["Items"]
        assert len(items) == 4

        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.stop()
        for file in (ministack.directory / "state").glob("*.json"):
            file.unlink()
        assert ministack.note_start()
        child.start()
        ministack.wait(child)
        deployment = deploy_to(ministack)
        assert deployment.fresh
        stack = Stack(ministack, deployment.outputs, tmp_path)
        assert stack.outputs["BucketName"] == bucket
        kept = stack.client("s3").get_object(Bucket=bucket, Key="receipts/one")
        assert (kept["Body"].read(), kept["ContentType"]) == (b"kept", "image/jpeg")
        seen.clear()
        put(stack, "SUBMISSION")
        eventually(lambda: take_mirrored(stack, seen) == {"SUBMISSION"})
    finally:
        stop.set()
        pipes.join()
        child.stop()


def test_a_pipe_that_is_stopped_leaves_its_queue_alone(ministack, tmp_path):
    child = ministack.start(tmp_path / "aws.log")
    stop = threading.Event()
    runner = Runner(ministack.endpoint, "campaignhub", tmp_path / "positions")
    pipes = threading.Thread(target=runner.run, args=(stop,))
    try:
        stack = Stack(
            ministack, deploy_to(ministack, {"IngestConsumer": "celery"}).outputs, tmp_path
        )
        queue = stack.outputs["SubmissionsQueueUrl"]
        stack.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
        put(stack, "SUBMISSION")
        seen: set[str] = set()
        pipes.start()
        eventually(lambda: take_mirrored(stack, seen) == {"SUBMISSION"})
        stop.set()
        pipes.join()
        got = stack.client("sqs").receive_message(
            QueueUrl=queue, AttributeNames=["ApproximateReceiveCount"]
        )
    finally:
        stop.set()
        pipes.join()
        child.stop()

    assert got["Messages"][0]["Attributes"]["ApproximateReceiveCount"] == "1"
