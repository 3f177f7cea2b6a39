"""Whether the ingest Pipe calls the function or the API: the same writer gets every record."""

import json
import threading
from uuid import uuid4

import pytest

from campaignhub.local_aws.pipes.runner import Runner
from tests.campaignhub.local_aws.conftest import eventually
from tests.support.stack import running_stack

pytestmark = pytest.mark.flow


@pytest.mark.parametrize("target", ["lambda", "api"])
def test_a_forged_submission_ends_in_quarantine_and_leaves_the_queue(target, tmp_path):
    stop = threading.Event()
    with running_stack(tmp_path, {"PipeTarget": target}) as stack:
        sqs, outputs = stack.client("sqs"), stack.outputs
        runner = Runner(stack.ministack.endpoint, "campaignhub", tmp_path / "positions")
        pipes = threading.Thread(target=runner.run, args=(stop,))
        pipes.start()
        body = {"submission_id": str(uuid4()), "token": "forged" * 10, "answers": {}}
        sqs.send_message(
            QueueUrl=outputs["SubmissionsQueueUrl"],
            MessageBody=json.dumps(
                {
                    "kind": "submission",
                    "schema": 1,
                    "slug": "none",
                    "entered_at_ms": "",
                    "body": body,
                }
            ),
        )

        def held(queue: str) -> int:
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            got = sqs.get_queue_attributes(QueueUrl=outputs[queue], AttributeNames=names)
            return sum(int(got["Attributes"][name]) for name in names)

        try:
            eventually(lambda: held("QuarantineQueueUrl") == 1 and held("SubmissionsQueueUrl") == 0)
        finally:
            stop.set()
            pipes.join()
