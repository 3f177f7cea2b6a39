"""What an error of the mail service proves: that nothing was sent, that it never will be, or nothing."""

from enum import Enum

from anymail.exceptions import AnymailAPIError, AnymailError
from botocore import exceptions as boto

SENDING_ERRORS = (AnymailError, boto.BotoCoreError, boto.ClientError, OSError)
"""All that sending raises; anything else is a bug."""


class Outcome(Enum):
    """What is known after an error."""

    NOT_SENT = "not sent"
    """Certainly not sent, and another try may go through."""
    REFUSED = "refused"
    """Certainly not sent, and another try would fare no better."""
    UNKNOWN = "unknown"
    """The request had left us when the line broke, so it may have been sent."""


_PASSING = {
    "TooManyRequestsException",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "SendingPausedException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ExpiredTokenException",
}
"""SES's refusals that end by themselves or once somebody has seen to the account."""


def outcome_of(error: Exception) -> tuple[Outcome, str]:
    """Return what ``error`` proves, and a word for it that holds no personal data."""
    cause = error.__cause__ if isinstance(error, AnymailError) and error.__cause__ else error
    if isinstance(cause, boto.ClientError):
        return _refusal(cause)
    if isinstance(cause, boto.ConnectionError):
        return Outcome.NOT_SENT, type(cause).__name__
    if isinstance(cause, (boto.HTTPClientError, OSError, AnymailAPIError)):
        # Read time-out, connection lost half way, an answer that nobody can read.
        return Outcome.UNKNOWN, type(cause).__name__
    if isinstance(cause, boto.BotoCoreError):
        return Outcome.NOT_SENT, type(cause).__name__
    return Outcome.REFUSED, type(cause).__name__


def _refusal(error: boto.ClientError) -> tuple[Outcome, str]:
    code = error.response.get("Error", {}).get("Code", "")
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _PASSING or status in (429, 503):
        return Outcome.NOT_SENT, code
    return (Outcome.UNKNOWN if status >= 500 else Outcome.REFUSED), code
