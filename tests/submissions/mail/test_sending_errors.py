"""What an error of the mail service proves."""

import pytest
from anymail.exceptions import AnymailSerializationError
from botocore.exceptions import (
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from submissions.mail.rules.refusals import Hold, Outcome
from submissions.mail.services.sending_errors import read_error


@pytest.mark.parametrize(
    ("error", "outcome", "hold"),
    [
        (NoCredentialsError(), Outcome.HELD, Hold.CREDENTIALS),
        (AnymailSerializationError("x"), Outcome.REFUSED, None),
        (ConnectionResetError(), Outcome.UNKNOWN, None),
        (ReadTimeoutError(endpoint_url="x"), Outcome.UNKNOWN, None),
        (EndpointConnectionError(endpoint_url="x"), Outcome.NOT_SENT, None),
    ],
)
def test_an_error_proves_what_it_proves(error, outcome, hold):
    refusal = read_error(error, sender="hello@example.com")
    assert (refusal.outcome, refusal.hold) == (outcome, hold)
