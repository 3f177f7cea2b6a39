"""What an error of the mail service proves: that nothing was sent, that it never will be, or nothing."""

from traceback import walk_tb

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
_NO_LINE = (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError)
_CONNECTING = frozenset({"_validate_conn", "_prepare_proxy"})
"""Where urllib3 shakes hands with the service or a proxy, before it writes the request."""


def read_error(error: Exception, *, sender: str) -> Refusal:
    """Return what ``error`` proves about the mail, which comes from ``sender``, and about others.

    Where no connection came about, nothing was sent. Where it broke later, the
    mail may have been. In both cases the next mail would fare no better.
    """
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
    if isinstance(cause, boto.ParamValidationError):
        return Refusal(Outcome.REFUSED, name)
    if isinstance(cause, _NO_LINE) or _was_connecting(cause):
        return Refusal(Outcome.HELD, name, Hold.UNREACHABLE)
    if isinstance(cause, (boto.HTTPClientError, boto.SSLError, OSError, AnymailAPIError)):
        # Read time-out, connection lost half way, an answer that nobody can read.
        return Refusal(Outcome.UNKNOWN, name, Hold.UNREACHABLE)
    if isinstance(cause, boto.BotoCoreError):
        # No region or endpoint, nothing to sign with: no byte was written.
        return Refusal(Outcome.HELD, name, Hold.UNREACHABLE)
    return Refusal(Outcome.REFUSED, name)


def _was_connecting(error: BaseException) -> bool:
    """Tell whether an error came up before the request was written.

    A TLS handshake that hangs is a read time-out like any other to urllib3 and
    botocore; only the frames tell. Should they be named otherwise one day, such a
    mail is taken for unknown, and none is sent twice.
    """
    link: BaseException | None = error
    while link is not None:
        if any(frame.f_code.co_name in _CONNECTING for frame, _ in walk_tb(link.__traceback__)):
            return True
        link = link.__cause__ or link.__context__
    return False
