"""What an error of the mail service proves: that nothing was sent, that it never will be, or nothing."""

from anymail.exceptions import AnymailAPIError, AnymailError
from botocore import exceptions as boto

from submissions.mail.rules.refusals import Hold, Outcome, Refusal, refusal_of

SENDING_ERRORS = (AnymailError, boto.BotoCoreError, boto.ClientError, OSError)
"""All that sending raises; anything else is a bug."""
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
)


def read_error(error: Exception, *, sender: str) -> Refusal:
    """Return what ``error`` proves about the mail, which comes from ``sender``, and about others."""
    cause = error.__cause__ if isinstance(error, AnymailError) and error.__cause__ else error
    name = type(cause).__name__
    if isinstance(cause, boto.ClientError):
        said = cause.response.get("Error", {})
        status = int(cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return refusal_of(
            str(said.get("Code", "")), status, str(said.get("Message", "")), sender=sender
        )
    if isinstance(cause, _NO_CREDENTIALS):
        return Refusal(Outcome.HELD, name, Hold.CREDENTIALS)
    if isinstance(cause, boto.ConnectionError):
        return Refusal(Outcome.NOT_SENT, name)
    if isinstance(cause, (boto.HTTPClientError, OSError, AnymailAPIError)):
        # Read time-out, connection lost half way, an answer that nobody can read.
        return Refusal(Outcome.UNKNOWN, name)
    if isinstance(cause, boto.BotoCoreError):
        return Refusal(Outcome.NOT_SENT, name)
    return Refusal(Outcome.REFUSED, name)
