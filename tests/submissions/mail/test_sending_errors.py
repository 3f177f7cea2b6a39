"""What an error of the mail service proves."""

import pytest
from anymail.exceptions import AnymailSerializationError
from botocore.exceptions import NoCredentialsError

from submissions.mail.services.sending_errors import Outcome, outcome_of


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NoCredentialsError(), Outcome.NOT_SENT),
        (AnymailSerializationError("x"), Outcome.REFUSED),
        (ConnectionResetError(), Outcome.UNKNOWN),
    ],
)
def test_an_error_proves_what_it_proves(error, outcome):
    assert outcome_of(error)[0] is outcome
