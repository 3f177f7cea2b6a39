"""What an error of the mail service proves."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from anymail.exceptions import AnymailAPIError, AnymailSerializationError
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from submissions.mail.rules.refusals import Hold, Outcome
from submissions.mail.services.sending_errors import read_error
from tests.submissions.mail import mail_service as ses

SENDER = "hello@example.com"


@pytest.mark.parametrize(
    ("error", "outcome", "hold"),
    [
        (NoCredentialsError(), Outcome.HELD, Hold.CREDENTIALS),
        (AnymailSerializationError("x"), Outcome.REFUSED, None),
        (ParamValidationError(report="x"), Outcome.REFUSED, None),
        (EndpointConnectionError(endpoint_url="x"), Outcome.HELD, Hold.UNREACHABLE),
        (ConnectTimeoutError(endpoint_url="x"), Outcome.HELD, Hold.UNREACHABLE),
        (ProxyConnectionError(proxy_url="x"), Outcome.HELD, Hold.UNREACHABLE),
        (NoRegionError(), Outcome.HELD, Hold.UNREACHABLE),
        (ReadTimeoutError(endpoint_url="x"), Outcome.UNKNOWN, Hold.UNREACHABLE),
        (ConnectionClosedError(endpoint_url="x"), Outcome.UNKNOWN, Hold.UNREACHABLE),
        (HTTPClientError(error="x"), Outcome.UNKNOWN, Hold.UNREACHABLE),
        (SSLError(endpoint_url="x", error=OSError()), Outcome.UNKNOWN, Hold.UNREACHABLE),
        (AnymailAPIError("an answer without a number"), Outcome.UNKNOWN, Hold.UNREACHABLE),
        (ConnectionResetError(), Outcome.UNKNOWN, Hold.UNREACHABLE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_proves_what_it_proves(error, outcome, hold):
    refusal = read_error(error, sender=SENDER)
    assert (refusal.outcome, refusal.hold) == (outcome, hold)


def _error_of(url: str, **config: Any) -> BotoCoreError:
    """Return what the SDK raises where it sends a mail to ``url``."""
    service = boto3.client(
        "sesv2",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(
            connect_timeout=0.3, read_timeout=0.3, retries={"total_max_attempts": 1}, **config
        ),
    )
    with pytest.raises(BotoCoreError) as raised:
        service.send_email(Content={"Raw": {"Data": b"a mail"}})
    return raised.value


@contextmanager
def _listener(*, backlog: int = 5) -> Iterator[str]:
    """Listen on a port of this machine and never accept; return its address without the scheme."""
    with socket.create_server(("127.0.0.1", 0), backlog=backlog) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_where_no_line_came_about_nothing_was_sent(monkeypatch):
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with _listener() as silent:
        found = {
            "refused": _error_of("http://127.0.0.1:1"),
            "a handshake that hangs": _error_of(f"https://{silent}"),
        }
        proxies = {"http": f"http://{silent}"}
        lost = _error_of("http://mails.invalid", proxies=proxies)
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", unknown)
            found["no such name"] = _error_of("http://mails.invalid")
    for name, error in found.items():
        refusal = read_error(error, sender=SENDER)
        assert (refusal.outcome, refusal.hold) == (Outcome.HELD, Hold.UNREACHABLE), name
    assert isinstance(found["a handshake that hangs"], ReadTimeoutError), "as the SDK calls it"
    assert read_error(lost, sender=SENDER).outcome is Outcome.UNKNOWN, "the proxy may have taken it"


def test_a_handshake_that_fails_has_sent_nothing():
    with ses.mail_service() as service:
        error = _error_of(service.url.replace("http:", "https:"))
    assert isinstance(error, SSLError)
    assert isinstance(error.kwargs["error"].args[0], ssl.SSLError)
    assert read_error(error, sender=SENDER).outcome is Outcome.HELD
