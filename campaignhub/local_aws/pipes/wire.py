"""The emulator's JSON protocol over a kept-alive connection per thread.

Not boto3: this process stands in for machinery of AWS, on the cores that it
shares with everything it serves. An SDK call costs milliseconds of CPU, and it
would turn stream records into Python types that must be turned back.
"""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

from campaignhub.local_aws.ministack import REGION

TIMEOUT_SECONDS = 65
"""Longer than the longest function."""

_TARGETS = {
    "sqs": "AmazonSQS",
    "streams.dynamodb": "DynamoDBStreams_20120810",
}


class Refused(Exception):
    """The service answered with an error; ``code`` is its name for it."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.status = status


class Away(Exception):
    """Nobody answers at the address: stopped, killed or restarting."""


class Wire:
    """Calls to the emulator at ``endpoint``. Safe to share between threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._address = urlsplit(endpoint).netloc
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Close what threads opened, once none of them calls any more."""
        for connection in self._connections:
            connection.close()

    def call(self, service: str, action: str, request: dict[str, Any]) -> dict[str, Any]:
        """Call ``action`` of SQS or DynamoDB Streams.

        Raises:
            Refused: the service said no.
            Away: there is no service.
        """
        status, _, body = self.request(
            "POST",
            "/",
            json.dumps(request).encode(),
            {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"{_TARGETS[service]}.{action}",
                **signed_as(service.rpartition(".")[2]),
            },
        )
        answer: dict[str, Any] = json.loads(body or b"{}")
        if status >= 300:
            code = str(answer.get("__type", "")).rpartition("#")[2]
            raise Refused(code, str(answer.get("message", "")), status)
        return answer

    def request(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return status, headers by lower-case name, and body.

        Raises:
            Away: nobody answers. The request may have been carried out all the same.
        """
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
            self._local.connection = connection
            self._connections.append(connection)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as exc:
            connection.close()
            raise Away(str(exc)) from exc
        return response.status, {k.lower(): v for k, v in response.getheaders()}, content


def signed_as(service: str) -> dict[str, str]:
    """Name the service and region as a signature would; the emulator routes by it and checks nothing."""
    scope = f"test/20260101/{REGION}/{service}/aws4_request"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    }
