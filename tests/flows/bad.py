"""How tests that send what is bad look at what became of it."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.support.installation import Installation
from tests.support.receipts import receipt_bytes

Scenery = dict[str, dict[str, Any]]


def fresh_receipt() -> bytes:
    """Return a receipt that nobody has sent before."""
    return receipt_bytes(uuid4().int % 10_000_000)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """Fail unless the answer is the problem document that the contract promises."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["detail"]


def held(installation: Installation, queue: str) -> list[str]:
    """Return the bodies of what a queue holds, without taking anything."""
    sqs, url = installation.aws("sqs"), installation.environment[queue]
    found: dict[str, dict[str, str]] = {}
    # Without waiting: where tasks keep coming, a queue's own long poll would never find it empty.
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=10, WaitTimeSeconds=0
    ).get("Messages"):
        found |= {message["MessageId"]: message for message in messages}
    for message in found.values():  # at once, or the next look would find only what came meanwhile
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return [message["Body"] for message in found.values()]


def in_table(installation: Installation, submission_id: UUID | None) -> bool:
    """Whether the table holds the submission."""
    key = {"pk": {"S": f"SUBMISSION#{submission_id}"}, "sk": {"S": "SUBMISSION"}}
    table = installation.environment["TABLE_NAME"]
    return "Item" in installation.aws("dynamodb").get_item(TableName=table, Key=key)


def quarantined(installation: Installation, submission_id: UUID | None) -> bool:
    """Whether a message about the submission is in quarantine."""
    return any(str(submission_id) in body for body in held(installation, "QUARANTINE_QUEUE_URL"))
