"""What stands between Celery's workers and SQS: a message that is no task is left to the redrive, and quoted nowhere.

Celery would delete what it cannot decode, write the body of what it does not know
into the log, and end at a shape that nobody foresaw. The queue's redrive policy
ends such a message as a dead letter instead, where staff can look at it.
"""

import inspect
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from celery.worker.consumer import Consumer as CeleryConsumer
from kombu.exceptions import ContentDisallowed, SerializationError
from kombu.transport import SQS
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr

logger = logging.getLogger(__name__)

NO_TASK = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    RecursionError,
    OverflowError,
    SerializationError,
    ContentDisallowed,
)
"""What Celery and kombu raise at a message of a shape that they do not foresee."""
_Text = StrictStr | None
_Seconds = Annotated[StrictInt | StrictFloat, Field(gt=0, le=86_400)] | None


class _Headers(BaseModel):
    """What Celery reads of a message before its task begins, as we send it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    task: StrictStr
    id: StrictStr = Field(min_length=1, max_length=64)
    lang: Literal["py"]
    timelimit: tuple[_Seconds, _Seconds]
    eta: None = None
    expires: _Text = None
    retries: StrictInt = Field(0, ge=0)
    shadow: None = None
    group: _Text = None
    group_index: None = None
    root_id: _Text = None
    parent_id: _Text = None
    replaced_task_nesting: StrictInt = 0
    stamped_headers: None = None
    stamps: dict[str, Any] | None = Field(default=None, max_length=0)
    ignore_result: bool | None = None
    compression: None = None


def check_is_task(message: Any, tasks: Mapping[str, Any]) -> None:
    """Compare all of a message with what we send, before Celery acts on a part of it.

    Celery judges a part when it needs it. A limit that is no number ends the whole
    worker, and arguments that a task can't take are quoted in its log, then deleted.

    Raises:
        Exception: one of :data:`NO_TASK`; it quotes no more than a name of ours.
    """
    headers = _Headers.model_validate(message.headers)
    if headers.expires is not None:
        datetime.fromisoformat(headers.expires).astimezone(UTC)
    if message.content_type != "application/json" or message.content_encoding != "utf-8":
        raise ValueError
    args, kwargs, embed = message.payload
    if any(value is not None for value in embed.values()):
        raise ValueError  # none of ours is followed by another
    run = inspect.signature(tasks[headers.task].run)
    for name, value in run.bind(*args, **kwargs).arguments.items():
        if type(value) is not run.parameters[name].annotation:
            raise TypeError


class Channel(SQS.Channel):
    """Reads any message, whatever its shape."""

    def _message_to_python(self, message: dict[str, Any], queue_name: str, q_url: str) -> Any:
        try:
            payload = super()._message_to_python(message, queue_name, q_url)  # type: ignore[misc]
            # What kombu does next, outside of any handler.
            self.decode_body(payload["body"], payload["properties"].get("body_encoding"))
            dict(payload.get("headers") or {})
        except NO_TASK:
            return self._envelope_payload({}, "", message, q_url)  # type: ignore[attr-defined]
        return payload


class Transport(SQS.Transport):
    """SQS with a channel that no message ends."""

    Channel = Channel


class Consumer(CeleryConsumer):
    """Rejects what is no task of ours. With a redrive policy that deletes nothing."""

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Any:
        """Return the handler of messages, which survives each of them."""
        handle = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Any) -> None:
            try:
                check_is_task(message, self.app.tasks)
                handle(message)
            except NO_TASK as exc:
                self._leave(message, exc)

        return on_task_received

    def on_unknown_message(self, _body: Any, message: Any) -> None:
        """Leave what is no task."""
        self._leave(message)

    def on_unknown_task(self, _body: Any, message: Any, exc: Exception) -> None:
        """Leave a task that this version does not know: a newer one may."""
        self._leave(message, exc)

    def on_invalid_task(self, _body: Any, message: Any, exc: Exception) -> None:
        """Leave a task whose message is broken."""
        self._leave(message, exc)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Leave what cannot be decoded."""
        self._leave(message, exc)

    def _leave(self, message: Any, exc: Exception | None = None) -> None:
        kind = f" ({type(exc).__name__})" if exc is not None else ""
        logger.error("a message is no task of ours%s, left to the redrive", kind)
        errors = self.connection_errors  # type: ignore[attr-defined]
        message.reject_log_error(logger, errors)
