"""Trouble between our processes and AWS: a proxy that throttles, conflicts, loses answers and repeats.

What the emulator never does by itself and AWS does under load. It stands where
the environment of a process says AWS is, so that no line of the product knows of it.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
_ONCE_MORE = {"SendMessage", "DeleteMessageBatch", "PutItem", "TransactWriteItems"}


@dataclass
class Weather:
    """How often, from 0 to 1 of the calls, each kind of trouble comes; calm until told otherwise."""

    throttled: float = 0
    conflicting: float = 0
    unanswered: float = 0
    """Carried out, but the line breaks before the answer."""
    repeated: float = 0
    """Carried out twice, as a retry below us would."""
    silent: frozenset[str] = frozenset()
    """Services that take every request and never answer, as their requests are signed: ``sqs``, ``ses``."""
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    seen: Counter[str] = field(default_factory=Counter)

    def storm(self) -> None:
        """Let everything go wrong at once."""
        self.throttled, self.conflicting, self.unanswered, self.repeated = 0.05, 0.05, 0.02, 0.05

    def calm(self) -> None:
        """Let everything go well again."""
        self.silent = frozenset()
        self.throttled = self.conflicting = self.unanswered = self.repeated = 0

    def draw(self, operation: str) -> str:
        """Return what happens to a call: ``fine`` or a kind of trouble."""
        lot = self.rng.random()
        for kind in ("throttled", "conflicting", "unanswered", "repeated"):
            lot -= getattr(self, kind)
            if lot < 0:
                fits = {
                    "conflicting": operation == "TransactWriteItems",
                    "repeated": operation in _ONCE_MORE,
                }
                happens = kind if fits.get(kind, True) else "fine"
                self.seen[f"{happens} {operation}"] += 1
                return happens
        return "fine"


def _refusal(service: str, kind: str, body: bytes) -> tuple[int, dict[str, object]]:
    if kind == "conflicting":
        many = len(json.loads(body)["TransactItems"])
        reasons = [{"Code": "TransactionConflict"}] + [{"Code": "None"}] * (many - 1)
        return 400, {
            "__type": f"{_DYNAMODB}TransactionCanceledException",
            "message": "Transaction cancelled, please refer cancellation reasons",
            "CancellationReasons": reasons,
        }
    if service == "DynamoDB_20120810":
        return 400, {"__type": f"{_DYNAMODB}ThrottlingException", "message": "Rate exceeded"}
    return 503, {"__type": "com.amazonaws.sqs#RequestThrottled", "message": "Request throttled"}


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, target: str, weather: Weather) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target, self.weather = urlsplit(target).netloc, weather

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever is behind us is killed again and again."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer's head and body in one packet: in two, each call waits 40 ms for the other side to confirm the first.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Proxy
    _line: http.client.HTTPConnection | None = None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._is_silent():
            while self._is_silent():
                time.sleep(0.1)
            # Whoever still waits gets no answer any more, as after a failover.
            self.close_connection = True
            return
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        known = service in ("DynamoDB_20120810", "AmazonSQS")
        kind = self.server.weather.draw(operation) if known else "fine"
        if kind in ("throttled", "conflicting"):
            status, problem = _refusal(service, kind, body)
            content = json.dumps(problem).encode()
            self._answer(status, {"Content-Type": "application/x-amz-json-1.0"}, content)
            return
        for _ in range(2 if kind == "repeated" else 1):
            status, headers, content = self._forward(body)
        if kind == "unanswered":
            self.close_connection = True
        else:
            self._answer(status, headers, content)

    def _is_silent(self) -> bool:
        signed = self.headers.get("Authorization", "").split("/")
        return len(signed) > 3 and signed[3] in self.server.weather.silent

    def do_GET(self) -> None:
        """Read."""
        self._pass()

    def do_HEAD(self) -> None:
        """Ask of a file."""
        self._pass()

    def do_POST(self) -> None:
        """Call."""
        self._pass()

    def do_PUT(self) -> None:
        """Keep a file."""
        self._pass()

    def do_DELETE(self) -> None:
        """Take a file away."""
        self._pass()

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection(self.server.target, timeout=70)
        sent = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        self._line.request(self.command, self.path, body, sent)
        answer = self._line.getresponse()
        ours = _HOP_BY_HOP - ({"content-length"} if self.command == "HEAD" else set())
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in ours}
        return answer.status, kept, answer.read()

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def finish(self) -> None:
        """Close the line behind us with the one before us."""
        super().finish()
        if self._line is not None:
            self._line.close()


@contextmanager
def trouble_before(target: str) -> Iterator[tuple[str, Weather]]:
    """Put a proxy before an address; yields its own address and the weather in it."""
    weather = Weather()
    proxy = _Proxy(target, weather)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}", weather
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
