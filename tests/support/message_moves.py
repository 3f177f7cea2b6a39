"""Moves of messages by the queue service itself, which moto lacks: offered as SQS does, or refused as an emulator does."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from moto.core.responses import ActionResult
from moto.sqs.exceptions import SQSException
from moto.sqs.responses import SQSResponse


@dataclass
class Moves:
    """Moves ``pace`` messages each time somebody looks; the latest task comes first."""

    queues: Any
    pace: int = 10
    tasks: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False

    def start(self, source: str) -> dict[str, Any]:
        """Begin a move; one at a time."""
        if self.tasks and self.tasks[0]["Status"] == "RUNNING":
            raise SQSException("InvalidParameterValue", "There is already a task running.")
        handle = f"task-{len(self.tasks)}"
        task = {"TaskHandle": handle, "Status": "RUNNING", "SourceArn": source}
        self.tasks.insert(0, {**task, "ApproximateNumberOfMessagesMoved": 0})
        return {"TaskHandle": handle}

    def list(self) -> dict[str, Any]:
        """Let the one that goes on move some, and tell of the latest."""
        for task in self.tasks[:1]:
            if task["Status"] == "RUNNING":
                self._move_some(task)
        return {"Results": self.tasks[:1]}

    def cancel(self, handle: str) -> dict[str, Any]:
        """Stop one."""
        for task in self.tasks:
            if task["TaskHandle"] == handle:
                task["Status"] = "CANCELLED"
        return {}

    def _move_some(self, task: dict[str, Any]) -> None:
        if self.fails:
            task |= {"Status": "FAILED", "FailureReason": "AccessDenied"}
            return
        dead = self.queues.get_queue_url(QueueName=task["SourceArn"].rpartition(":")[2])["QueueUrl"]
        source = dead.removesuffix("-dead")
        got = self.queues.receive_message(QueueUrl=dead, MaxNumberOfMessages=self.pace)
        for message in got.get("Messages", []):
            self.queues.send_message(QueueUrl=source, MessageBody=message["Body"])
            self.queues.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            task["ApproximateNumberOfMessagesMoved"] += 1
        if not got.get("Messages"):
            task["Status"] = "COMPLETED"
            del task["TaskHandle"]


def refuse_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as a queue service without moves."""

    def refuse(_response: Any) -> Any:
        raise SQSException("UnsupportedOperation", "No moves here.")

    for name in ("start", "list", "cancel"):
        _answer(monkeypatch, name, refuse)


def offer_moves(monkeypatch: pytest.MonkeyPatch, queues: Any) -> Moves:
    """Answer as SQS does; return what is known of the moves."""
    moves = Moves(queues)
    _answer(monkeypatch, "start", lambda asked: moves.start(asked._get_param("SourceArn")))
    _answer(monkeypatch, "list", lambda _asked: moves.list())
    _answer(monkeypatch, "cancel", lambda asked: moves.cancel(asked._get_param("TaskHandle")))
    return moves


def _answer(monkeypatch: pytest.MonkeyPatch, name: str, answer: Any) -> None:
    several = "s" if name == "list" else ""
    monkeypatch.setattr(
        SQSResponse,
        f"{name}_message_move_task{several}",
        lambda self: ActionResult(answer(self)),
        raising=False,
    )
