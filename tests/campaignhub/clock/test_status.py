"""What Operations reads of an error: its kind, and nothing of its text."""

import pytest
from botocore.exceptions import ClientError
from django.db import OperationalError, connection

from campaignhub.clock.status import error_name


def test_an_error_of_aws_is_named_with_its_code():
    error = ClientError({"Error": {"Code": "Throttling", "Message": "ada@example.com"}}, "Scan")
    assert error_name(error) == "ClientError: Throttling"


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_time_limit_of_the_database_is_told_from_an_outage():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        with pytest.raises(OperationalError) as raised:
            cursor.execute("SELECT pg_sleep(5)")
    assert error_name(raised.value) == "OperationalError: QueryCanceled"
    assert error_name(OperationalError("the connection is closed")) == "OperationalError"
