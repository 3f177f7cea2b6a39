"""A client for calls of the SDK's JSON services that are made for every submission.

The SDK walks a description of the service for each call, resolves its endpoint,
calls dozens of hooks and reads the answer's headers as those of a mail: four
fifths of what a call costs. What we send is JSON already, and so is what we read.

It is a client of the SDK that is asked: its endpoint, region, credentials and
time limits are used, and what listens to its requests (``before-sign``,
``before-send``) is told of these too. A call that fails in passing is left to the SDK
where its client repeats calls. No argument is checked, and bytes have no spelling.
"""

import http.client
import json
import select
import socket
import ssl
import threading
import time
import weakref
from functools import cache, partial
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, HTTPClientError, NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

_SERVER_FAULT = 500
_CONTENT_TYPE = "application/x-amz-json-"


def quickened(client: Any, operations: frozenset[str]) -> Any:
    """Return a client whose ``operations`` are quick; the others are the SDK's own.

    Behind a proxy, which the SDK knows how to pass, it is the SDK's client as it is.
    """
    if get_environ_proxies(client.meta.endpoint_url):
        return client
    return QuickClient(client, operations)


class QuickClient:
    """Calls a service with JSON over a connection per thread. Safe to share between threads."""

    def __init__(self, client: Any, operations: frozenset[str]) -> None:
        self._client = client
        service = client.meta.service_model
        self._service = service.service_id.hyphenize()
        self._operations = {name: client.meta.method_to_api_mapping[name] for name in operations}
        self._prefix = service.metadata["targetPrefix"]
        self._content_type = _CONTENT_TYPE + service.metadata["jsonVersion"]
        self._url = client.meta.endpoint_url.rstrip("/") + "/"
        self._connections = _Connections(self._url, client.meta.config)
        self._signer = _Signer(
            self._url, client._request_signer._credentials, client.meta.region_name, service
        )
        retries = client.meta.config.retries or {}
        self._repeats = retries.get("total_max_attempts", 2) > 1

    def __getattr__(self, name: str) -> Any:
        if name not in self._operations:
            return getattr(self._client, name)
        return partial(self._call_or_repeat if self._repeats else self._call, name)

    def _call_or_repeat(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(name, **arguments)
        except HTTPClientError:
            pass
        except ClientError as exc:
            if exc.response["ResponseMetadata"]["HTTPStatusCode"] < _SERVER_FAULT:
                raise
        answer: dict[str, Any] = getattr(self._client, name)(**arguments)
        return answer

    def _call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call the service.

        Raises:
            ClientError: it said no; of the SDK's own class for its code.
            HTTPClientError: there was no answer, or none that can be read.
        """
        operation = self._operations[name]
        body = json.dumps(arguments).encode()
        headers = self._signer.signed(
            {"Content-Type": self._content_type, "X-Amz-Target": f"{self._prefix}.{operation}"},
            body,
        )
        status, said, content = self._answer(operation, headers, body)
        try:
            answer: dict[str, Any] = json.loads(content or b"{}")
        except ValueError as exc:
            if status < 300:
                raise HTTPClientError(error=exc) from exc
            answer = {}
        if status >= 300:
            raise self._error(operation, status, said, answer)
        return answer

    def _answer(
        self, operation: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Any, bytes]:
        plain: Any = headers  # read as a mapping, also by who listens
        request = AWSPreparedRequest("POST", self._url, plain, body, stream_output=False)
        told = {"request": request, "operation_name": operation}
        name = f"{self._service}.{operation}"
        events = self._client.meta.events
        events.emit(f"before-sign.{name}", signing_name=self._signer.service, **told)
        given = events.emit_until_response(f"before-send.{name}", request=request)[1]
        if given is not None:
            return given.status_code, given.headers, given.content
        return self._connections.post(headers, body)

    def _error(self, operation: str, status: int, said: Any, answer: dict[str, Any]) -> Exception:
        code = str(answer.get("__type", status)).rpartition("#")[2]
        # SQS keeps the names of its older protocol beside those of this one.
        code = (said.get("x-amzn-query-error") or code).partition(";")[0]
        message = answer.get("message") or answer.get("Message") or ""
        response = {
            **answer,
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        error: Exception = self._client.exceptions.from_code(code)(response, operation)
        return error


class _Signer:
    """Signature Version 4 of a POST to ``/``
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)."""

    def __init__(self, url: str, credentials: Any, region: str, service: Any) -> None:
        self.service = service.signing_name
        self._host = urlsplit(url).netloc
        self._credentials = credentials
        self._region = region

    def signed(self, headers: dict[str, str], body: bytes) -> dict[str, str]:
        """Return the headers with those that sign them and the body.

        Raises:
            NoCredentialsError: the SDK found none.
        """
        if self._credentials is None:
            raise NoCredentialsError
        keys = self._credentials.get_frozen_credentials()
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {**headers, "Host": self._host, "X-Amz-Date": at}
        if keys.token:
            headers["X-Amz-Security-Token"] = keys.token
        named = sorted((name.lower(), value) for name, value in headers.items())
        names = ";".join(name for name, _ in named)
        lines = "".join(f"{name}:{value}\n" for name, value in named)
        request = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{at[:8]}/{self._region}/{self.service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        signature = digest(_key(keys.secret_key, scope), text.encode(), "sha256").hex()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return headers


def _key(secret: str, scope: str) -> bytes:
    """Derive the key of a day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = digest(key, part.encode(), "sha256")
    return key


class _Connections:
    """A kept connection for each thread, with the SDK's time limits."""

    def __init__(self, url: str, limits: Any) -> None:
        parts = urlsplit(url)
        self._encrypted = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._encrypted else 80)
        self._limits = limits
        self._local = threading.local()

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        """Send a request; return status, headers and content.

        Raises:
            HTTPClientError: no answer. The request may have been carried out all the same.
        """
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        kept: _Connection | None = getattr(self._local, "connection", None)
        # Taken away for the time of the call: where it fails, a late answer is not the next call's.
        self._local.connection = None
        try:
            if kept is None or kept.is_over():
                kept = self._open()
            status, said, content, stays = kept.exchange(request)
        except (OSError, http.client.HTTPException) as exc:
            raise HTTPClientError(error=exc) from exc
        if stays:
            self._local.connection = kept
        return status, said, content

    def _open(self) -> "_Connection":
        limit = self._limits.connect_timeout
        opened = socket.create_connection((self._host, self._port), timeout=limit)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._encrypted:
            opened = _trusted().wrap_socket(opened, server_hostname=self._host)
        opened.settimeout(self._limits.read_timeout)
        return _Connection(opened)


class _Connection:
    """One connection; closed when its thread ends or forgets it."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        weakref.finalize(self, opened.close)

    def is_over(self) -> bool:
        """Tell whether something waits to be read although nothing was asked: that the other side has closed."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def exchange(self, request: bytes) -> tuple[int, Any, bytes, bool]:
        """Send a request; return status, headers, content, and whether the connection stays."""
        self._socket.sendall(request)
        answer = http.client.HTTPResponse(self._socket, method="POST")
        try:
            answer.begin()
            return answer.status, answer.headers, answer.read(), not answer.will_close
        finally:
            answer.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Trust whom the SDK trusts."""
    return ssl.create_default_context(cafile=get_cert_path(verify=True))
