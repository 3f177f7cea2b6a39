"""What keeps a drain from its queue and does not pass by itself: faults of the deployment, in words for operators."""

from botocore.exceptions import ClientError

_NO_QUEUE = "There is no queue at its address: compare the settings with the stack's outputs."
_NOT_ALLOWED = (
    "The worker's role may not read this queue: attach the stack's policy for the worker."
)
_FAULTS = {
    # As SQS says it by its older and by its newer protocol.
    "AWS.SimpleQueueService.NonExistentQueue": _NO_QUEUE,
    "QueueDoesNotExist": _NO_QUEUE,
    "InvalidAddress": _NO_QUEUE,
    "AccessDenied": _NOT_ALLOWED,
    "AccessDeniedException": _NOT_ALLOWED,
}


def fault_of(error: Exception) -> str:
    """Say what of the deployment is wrong; nothing where the error may pass by itself."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return _FAULTS.get(code, "")
