"""A quick client asks and fails as the SDK's own does."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, HTTPClientError

from ingest_lambda.adapters.quick_client import QuickClient, quickened

ITEM = {"pk": {"S": "Zoë"}, "n": {"N": "1"}}


class Service(ThreadingHTTPServer):
    """Answers what it is given to answer; keeps what it was asked, and how many connections there were."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        self.clients: list[Any] = []
        self.late = threading.Event()

    def client(self, service: str = "dynamodb", *, attempts: int = 1) -> Any:
        """Make a client of the SDK that calls it."""
        made = boto3.client(
            service,  # type: ignore[call-overload]
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{self.server_port}",
            aws_access_key_id="AKID",
            aws_secret_access_key="secret",
            aws_session_token="a session's",
            config=Config(
                connect_timeout=1, read_timeout=1, retries={"total_max_attempts": attempts}
            ),
        )
        self.clients.append(made)
        return made


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))
        status, headers, content = self.server.answers.pop(0)
        if headers.pop("Late", ""):
            self.server.late.wait(10)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = bool(headers.get("X-Then-Close"))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        for client in server.clients:
            client.close()
        server.late.set()
        server.shutdown()
        thread.join()


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def quick(client: Any) -> QuickClient:
    return QuickClient(client, frozenset({"put_item", "transact_write_items"}))


def test_it_asks_what_the_sdk_asks_and_signs_it(service: Service) -> None:
    service.answers += [(200, {}, b"{}"), (200, {}, b'{"Attributes": {"n": {"N": "2"}}}')]
    client = service.client()
    client.put_item(TableName="t", Item=ITEM)
    answer = quick(client).put_item(TableName="t", Item=ITEM)
    assert answer == {"Attributes": {"n": {"N": "2"}}}
    (sdk, sdk_body), (headers, body) = service.asked
    assert json.loads(body) == json.loads(sdk_body)
    for name in ("x-amz-target", "content-type", "host", "x-amz-security-token"):
        assert headers[name] == sdk[name]

    signed = {name: value for name, value in headers.items() if name not in _NOT_SIGNED}
    request = AWSRequest("POST", service.client().meta.endpoint_url + "/", signed, body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKID", "secret", "a session's"), "dynamodb", "eu-central-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert headers["authorization"].endswith(f"Signature={signer.signature(text, request)}")
    names = signer.signed_headers(signer.headers_to_sign(request))
    assert f"SignedHeaders={names}," in headers["authorization"]
    assert f"Credential={signer.scope(request)}," in headers["authorization"]


_NOT_SIGNED = ("authorization", "content-length")


def test_it_fails_as_the_sdk_does(service: Service) -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no"}]
    said = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": reasons,
    }
    service.answers += [(400, {}, json.dumps(said).encode())] * 2
    client = service.client()
    errors = []
    for one in (client, quick(client)):
        with pytest.raises(client.exceptions.TransactionCanceledException) as raised:
            one.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": ITEM}}])
        errors.append(raised.value)
    sdk, own = errors
    assert own.response["Error"] == sdk.response["Error"]
    assert own.response["CancellationReasons"] == sdk.response["CancellationReasons"]
    assert own.operation_name == sdk.operation_name
    assert own.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_older_name_of_an_error_of_a_queue_is_the_one_that_counts(service: Service) -> None:
    said = b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"}'
    header = {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}
    service.answers += [(400, header, said)] * 2
    client = service.client("sqs")
    codes = []
    for one in (client, QuickClient(client, frozenset({"receive_message"}))):
        with pytest.raises(ClientError) as raised:
            one.receive_message(QueueUrl="http://q/1/q")
        codes.append(raised.value.response["Error"]["Code"])
    assert codes == ["AWS.SimpleQueueService.NonExistentQueue"] * 2


def test_a_failure_without_a_reason_has_its_status_for_a_code(service: Service) -> None:
    service.answers += [(503, {}, b"<html>busy</html>")]
    with pytest.raises(ClientError) as raised:
        quick(service.client()).put_item(TableName="t", Item=ITEM)
    assert raised.value.response["Error"]["Code"] == "503"


def test_an_answer_that_cannot_be_read_is_none(service: Service) -> None:
    # To a read it would say that there is no such item.
    service.answers += [(200, {}, b"<html>welcome</html>")]
    with pytest.raises(HTTPClientError):
        quick(service.client()).put_item(TableName="t", Item=ITEM)


@pytest.mark.parametrize("status", [500, 503])
def test_what_failed_in_passing_is_repeated_where_the_sdk_repeats_it(
    service: Service, status: int
) -> None:
    service.answers += [(status, {}, b"{}"), (200, {}, b'{"Attributes": {}}')]
    assert quick(service.client(attempts=2)).put_item(TableName="t", Item=ITEM)["Attributes"] == {}
    assert len(service.asked) == 2


def test_what_was_refused_is_not_repeated(service: Service) -> None:
    service.answers += [(400, {}, b'{"__type": "a#ValidationException"}')]
    with pytest.raises(ClientError):
        quick(service.client(attempts=2)).put_item(TableName="t", Item=ITEM)
    assert len(service.asked) == 1


def test_a_connection_is_kept_until_the_other_side_closes_it(service: Service) -> None:
    client = quick(service.client())
    service.answers += [(200, {}, b"{}"), (200, {"X-Then-Close": "1"}, b"{}"), (200, {}, b"{}")]
    for connections in (1, 1):
        client.put_item(TableName="t", Item=ITEM)
        assert service.connections == connections
    eventually(client._connections._local.connection.is_over)
    client.put_item(TableName="t", Item=ITEM)
    assert service.connections == 2


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(service: Service) -> None:
    client = quick(service.client())
    service.answers += [(200, {"Late": "1"}, b'{"of": "first"}'), (200, {}, b'{"of": "second"}')]
    with pytest.raises(HTTPClientError):
        client.put_item(TableName="t", Item=ITEM)
    service.late.set()
    assert client.put_item(TableName="t", Item=ITEM) == {"of": "second"}


def test_where_nobody_listens_it_says_so_as_the_sdk_does(service: Service) -> None:
    client = service.client()
    service.server_close()
    with pytest.raises(HTTPClientError):
        quick(client).put_item(TableName="t", Item=ITEM)


def test_behind_a_proxy_it_is_the_sdk_s(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    client = service.client()
    assert quickened(client, frozenset({"put_item"})) is not client
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert quickened(client, frozenset({"put_item"})) is client
