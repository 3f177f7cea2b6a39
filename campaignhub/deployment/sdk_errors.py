"""What AWS's SDK says, as one sentence for the person at the terminal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

_CREDENTIALS_OVER = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
}
"""How the services say that credentials have come to their end, or are none of theirs."""

_OF_CREDENTIALS = ("botocore.credentials", "botocore.tokens", "botocore.utils")


@contextmanager
def without_credential_logs() -> Iterator[None]:
    """Keep the SDK from printing tracebacks of how it looked for credentials; what it raises says enough."""
    loggers = [logging.getLogger(name) for name in _OF_CREDENTIALS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def is_refusal(error: BotoCoreError | ClientError) -> bool:
    """Tell whether a service refused what was asked, so that the same again would be refused too."""
    return (
        isinstance(error, ClientError)
        and error.response["Error"].get("Code") not in _CREDENTIALS_OVER
    )


def sentence_of(error: BotoCoreError | ClientError) -> str:
    """Say what AWS refused with which words, and where that is the reason, that one has to sign in."""
    if isinstance(error, ClientError):
        said = error.response["Error"]
        again = " Sign in again." if said.get("Code") in _CREDENTIALS_OVER else ""
        return f"{error.operation_name}: {said.get('Message', '').rstrip('.')} ({said.get('Code', '')}).{again}"
    name = type(error).__name__
    first = " Sign in." if "oken" in name or "Credential" in name else ""
    return f"{str(error).rstrip('.')}.{first}"
