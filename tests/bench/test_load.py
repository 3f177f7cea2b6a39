"""The client of the benchmarks: what it counts must be what the server answered."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

from bench.load import NO_ANSWER, Answer, Request, percentile, send


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says; keeps the line open, as HTTP/1.1 does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read the body, then answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.strip("/")
        self.send_response(503 if kind == "busy" else 202)
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"5\r\nhello\r\n", b"0\r\n\r\n"):
                self.wfile.write(part)
                self.wfile.flush()
            return
        if kind == "closing":
            self.send_header("Connection", "close")
            self.close_connection = True
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_every_answer_is_counted_under_its_status() -> None:
    kinds = ("plain", "busy", "chunked", "closing")
    with serving() as address:
        outcome = send(lambda n: Request(f"{address}/{kinds[n % 4]}", b"{}"), count=40)

    assert outcome.statuses == {202: 30, 503: 10}
    assert sorted(answer.number for answer in outcome.answers) == list(range(40))
    assert not outcome.only(202)


def test_a_server_that_is_not_there_is_no_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        outcome = send(lambda _: Request(address, b""), count=3)

    assert outcome.statuses == {NO_ANSWER: 3}


def test_at_a_fixed_rate_requests_are_due_evenly_and_timed_from_then() -> None:
    with serving() as address:
        outcome = send(lambda _: Request(f"{address}/plain", b""), count=20, rate=200)

    due = sorted(answer.due for answer in outcome.answers)
    assert all(abs(b - a - 0.005) < 1e-6 for a, b in pairwise(due))
    assert all(answer.done >= answer.due for answer in outcome.answers)


def test_nothing_more_is_sent_while_the_gate_is_closed() -> None:
    seen: list[Answer] = []
    opens_at = time.perf_counter() + 0.3
    with serving() as address:
        send(
            lambda _: Request(f"{address}/plain", b""),
            count=6,
            connections=1,
            gate=lambda: len(seen) < 2 or time.perf_counter() > opens_at,
            seen=seen.append,
        )

    assert [answer.done < opens_at for answer in seen[:3]] == [True, True, False]


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 101)]

    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.99) == 100
    assert percentile([7.0], 0.99) == 7
