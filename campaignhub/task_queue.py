"""What stands between Celery's workers and SQS: a message that is no task is left to the redrive, and quoted nowhere.

Celery would delete what it cannot decode, write the body of what it does not know
into the log, and end at a shape that nobody foresaw. The queue's redrive policy
ends such a message as a dead letter instead, where staff can look at it.
"""

import logging
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer
from kombu.transport import SQS

logger = logging.getLogger(__name__)

NO_TASK = (KeyError, TypeError, ValueError, AttributeError, LookupError, RecursionError)
"""What Celery and kombu raise at a message of a shape that they do not foresee."""


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
