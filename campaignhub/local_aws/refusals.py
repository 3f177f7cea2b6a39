"""What SQS refuses and the emulator takes, and what a visitor is told of a refusal.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

- A queue takes no message over 256 KiB, and no batch that is larger in all.
- SQS says 400 for many reasons. The gateway's template reads which it was; how, is in
  ``response_templates.py``.
"""

from types import ModuleType
from typing import Any

from ministack.services import apigateway_v1, sqs

LARGEST_BYTES = 262_144
"""Of a message, and of all messages of a batch. SQS takes more where an account asks for it; ours need not."""
_templates: Any = None


def send_message(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Send one message; characters that no queue takes the emulator refuses itself."""
    if size_of(data) > LARGEST_BYTES:
        raise sqs._Err(
            "InvalidParameterValue",
            "One or more parameters are invalid. "
            f"Reason: Message must be shorter than {LARGEST_BYTES} bytes.",
        )
    answer: dict[str, Any] = _send_message(data, url)
    return answer


def send_message_batch(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Send up to ten messages; of one that is refused the answer names the place."""
    if sum(map(size_of, data.get("Entries", []))) > LARGEST_BYTES:
        raise sqs._Err(
            "BatchRequestTooLong",
            f"Batch requests cannot be longer than {LARGEST_BYTES} bytes.",
        )
    answer: dict[str, Any] = _send_message_batch(data, url)
    return answer


def size_of(message: dict[str, Any]) -> int:
    """Return how many bytes the queue counts of a message."""
    return len((message.get("MessageBody") or "").encode("utf-8", "surrogatepass"))


def answer_of_queue(
    integration: dict[str, Any], status: int, text: str, *rest: Any
) -> tuple[int, dict[str, str], bytes]:
    """Tell a visitor what the queue said, by the templates of the gateway's answers."""
    if status < 300:
        return _answer_of_queue(integration, status, text, *rest)  # type: ignore[no-any-return]
    responses = {
        name: {
            **response,
            "responseTemplates": {
                kind: _templates.before_filling_in(template)
                for kind, template in (response.get("responseTemplates") or {}).items()
            },
        }
        for name, response in (integration.get("integrationResponses") or {}).items()
    }
    told = _templates.error_as_json(text)
    status, headers, body = _answer_of_queue(
        {**integration, "integrationResponses": responses}, status, told, *rest
    )
    status, chosen = _templates.after_filling_in(body.decode(), status)
    return status, headers, chosen.encode()


_send_message, _send_message_batch = sqs._act_send_message, sqs._act_send_message_batch
_answer_of_queue = apigateway_v1._service_integration_response


def complete(response_templates: ModuleType) -> None:
    """Put the refusals into the emulator."""
    global _templates
    _templates = response_templates
    sqs._act_send_message = send_message
    sqs._HANDLERS["SendMessage"] = send_message
    sqs._HANDLERS["SendMessageBatch"] = send_message_batch
    apigateway_v1._service_integration_response = answer_of_queue
