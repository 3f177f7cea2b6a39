"""A small HTTP/1.1 load: kept-alive connections, at a fixed rate or as fast as answers come.

Our own, because the answers have to be told apart by status and timed from the
moment a request was *due*, not sent: a client that waits for a slow server would
otherwise hide the wait (coordinated omission). And cheap, because it shares the
cores with what it measures: 0.15 ms of CPU a request.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NO_ANSWER = 0
"""The status of a request whose line broke, or that nobody answered in time."""

PATIENCE_SECONDS = 60
GATE_SECONDS = 0.01

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True)
class Request:
    """One request, its body ready to send."""

    url: str
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "POST"

    def wire(self) -> bytes:
        """Write the request as it goes over the line."""
        parts = urlsplit(self.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = [
            f"{self.method} {target} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """What became of request ``number``; instants are those of ``time.perf_counter``."""

    number: int
    status: int
    due: float
    done: float


@dataclass
class Outcome:
    """What a load saw."""

    answers: list[Answer] = field(default_factory=list)
    elapsed: float = 0.0
    """Seconds from the first request to the last answer."""

    @property
    def per_second(self) -> float:
        """Answers per second over the whole run."""
        return len(self.answers) / self.elapsed

    @property
    def statuses(self) -> Counter[int]:
        """How many answers there were of each status."""
        return Counter(answer.status for answer in self.answers)

    def percentile_ms(self, share: float) -> float:
        """Milliseconds from when they were due within which ``share`` (0 to 1) of the answers came."""
        return percentile([answer.done - answer.due for answer in self.answers], share) * 1000

    def only(self, status: int) -> bool:
        """Whether every answer had this status."""
        return set(self.statuses) == {status}

    def __str__(self) -> str:
        """Say rate, percentiles and statuses in one line."""
        statuses = ", ".join(f"{n} × {status}" for status, n in sorted(self.statuses.items()))
        return (
            f"{self.per_second:7.0f}/s   p50 {self.percentile_ms(0.5):6.1f} ms   "
            f"p99 {self.percentile_ms(0.99):6.1f} ms   ({statuses})"
        )


class _Line(asyncio.Protocol):
    """One connection, with at most one request on its way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._received = bytearray()
        self._end: int | None = None
        self._status = NO_ANSWER
        self._closes = self._chunked = False
        self.usable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.usable = True

    def send(self, wire: bytes) -> "asyncio.Future[int]":
        """Send a request; the future gives the status of its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._received.clear()
        self._end = None
        self._transport.write(wire)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._end is None and (head_end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[: head_end + 2])
            self._status = int(head[9:12])
            self._closes = _CLOSES.search(head) is not None
            self._chunked = _CHUNKED.search(head) is not None
            length = _LENGTH.search(head)
            self._end = head_end + 4 + (int(length[1]) if length else 0)
        if self._end is None:
            return
        whole = (
            self._received.endswith(b"0\r\n\r\n")
            if self._chunked
            else len(self._received) >= self._end
        )
        if whole and self._answer is not None and not self._answer.done():
            if self._closes:
                self.close()
            self._answer.set_result(self._status)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(NO_ANSWER)

    def close(self) -> None:
        """Close the connection."""
        self.usable = False
        if self._transport is not None:
            self._transport.close()


async def _open(address: str) -> _Line:
    parts = urlsplit(address)
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(_Line, parts.hostname or "", parts.port or 80)
    return line


async def run(
    make: Callable[[int], Request],
    *,
    count: int,
    connections: int,
    rate: float | None = None,
    gate: Callable[[], bool] | None = None,
    seen: Callable[[Answer], None] | None = None,
) -> Outcome:
    """Do what :func:`send` does, inside a loop that runs already."""
    outcome = Outcome()
    numbers = iter(range(count))
    begin = time.perf_counter()

    async def worker() -> None:
        line: _Line | None = None
        for number in numbers:
            request = make(number)
            wire = request.wire()
            while gate is not None and not gate():
                await asyncio.sleep(GATE_SECONDS)
            due = begin + number / rate if rate else time.perf_counter()
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            try:
                if line is None or not line.usable:
                    line = await _open(request.url)
                status = await asyncio.wait_for(line.send(wire), PATIENCE_SECONDS)
            except (TimeoutError, OSError):
                status = NO_ANSWER
                if line is not None:
                    line.close()
                line = None
            answer = Answer(number, status, due, time.perf_counter())
            outcome.answers.append(answer)
            if seen is not None:
                seen(answer)
        if line is not None:
            line.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    outcome.elapsed = time.perf_counter() - begin
    return outcome


def send(
    make: Callable[[int], Request],
    *,
    count: int,
    connections: int = 16,
    rate: float | None = None,
    gate: Callable[[], bool] | None = None,
    seen: Callable[[Answer], None] | None = None,
) -> Outcome:
    """Send ``count`` requests, ``make(n)`` being the n-th, at ``rate`` a second or flat out.

    While ``gate`` says no, no further request is sent: for what must not run
    away from its own consumer. ``seen`` is told of every answer at once.
    """
    load = run(make, count=count, connections=connections, rate=rate, gate=gate, seen=seen)
    # In a thread of its own, for the caller's may have a loop already: a browser's, in tests.
    with ThreadPoolExecutor(max_workers=1) as own:
        return own.submit(asyncio.run, load).result()
