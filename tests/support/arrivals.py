"""Visitors who come at a fixed rate as long as something is done to the installation: each starts, and submits later."""

import http.client
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bench.load import NO_ANSWER
from tests.support.crowd import Crowd

LINES = 6
"""Connections; at 50 a second and 20 ms a call, two of them are at work, and the others make up for a halt."""
PATIENCE_SECONDS = 90
"""A slow machine is no refusal."""


@dataclass(frozen=True)
class Started:
    """What ``start`` gave to the visitor of a number, and when that one sends the form."""

    number: int
    token: str
    due: float


@dataclass
class Arrivals:
    """Who came, and what every call was answered."""

    crowd: Crowd
    per_second: float
    fills_in_seconds: float
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By call and status; a line that broke counts as :data:`bench.load.NO_ANSWER`."""
    accepted: set[UUID] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    """The names of the keys that signed what ``start`` gave."""
    troubles: list[str] = field(default_factory=list)
    """What broke a line, in the words of the error."""
    slowest_seconds: float = 0.0
    """The longest wait for an answer, from the moment at which its call was due."""
    come: int = 0
    _started: deque[Started] = field(default_factory=deque)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _begun: float = 0.0
    _seconds: float = 0.0

    @property
    def rate(self) -> float:
        """How many came a second, from the first on until the last."""
        return self.come / self._seconds

    def work(self) -> None:
        """Let one visitor come at each due moment, and send what another has filled in meanwhile."""
        line = _Line(self.crowd.installation.facts["api"])
        while not self._over.is_set():
            with self._lock:
                number = next(self._numbers)
            due = self._begun + number / self.per_second
            if self._over.wait(max(0.0, due - time.perf_counter())):
                break
            self._start(line, number, due)
            while (filled_in := self._filled_in(by=time.perf_counter())) is not None:
                self._submit(line, filled_in)
        self.troubles += line.troubles
        line.close()

    def end(self) -> None:
        """Let nobody come any more."""
        self._over.set()
        self._seconds = time.perf_counter() - self._begun

    def send_the_rest(self) -> None:
        """Let who has not sent the form yet send it."""
        line = _Line(self.crowd.installation.facts["api"])
        while (filled_in := self._filled_in(by=float("inf"))) is not None:
            self._submit(line, filled_in)
        line.close()

    def _start(self, line: "_Line", number: int, due: float) -> None:
        campaign = self.crowd.campaign
        path = f"/v1/campaigns/{campaign['slug']}/start"
        body = {"release": campaign["release"], "route": "free", "locale": "en", "uploads": []}
        status, answer = line.call("POST", path, body)
        self._note("start", status, due)
        if status == 200:
            with self._lock:
                self.come += 1
                self.keys.add(answer["token"].partition(".")[0])
                self.crowd.ids[number] = UUID(answer["submission_id"])
                sent_at = due + self.fills_in_seconds
                self._started.append(Started(number, answer["token"], sent_at))

    def _filled_in(self, *, by: float) -> Started | None:
        with self._lock:
            if self._started and self._started[0].due <= by:
                return self._started.popleft()
        return None

    def _submit(self, line: "_Line", started: Started) -> None:
        """Send a form, and of every tenth ask at once what became of it: by a function that may be newer or older."""
        path = f"/v1/campaigns/{self.crowd.campaign['slug']}/submissions"
        body = json.loads(self.crowd.submission(started.number).body) | {"token": started.token}
        status, _ = line.call("POST", path, body)
        self._note("submit", status, min(started.due, time.perf_counter()))
        if status == 202:
            with self._lock:
                self.accepted.add(self.crowd.ids[started.number])
        if started.number % 10 == 0:
            asked_at = time.perf_counter()
            address = f"{path}/{self.crowd.ids[started.number]}"
            bearer = f"Bearer {started.token}"
            status, _ = line.call("GET", address, authorization=bearer)
            self._note("status", status, asked_at)

    def _note(self, call: str, status: int, due: float) -> None:
        with self._lock:
            self.statuses[call, status] += 1
            self.slowest_seconds = max(self.slowest_seconds, time.perf_counter() - due)

    def prove_none_was_refused(self) -> None:
        """Fail unless every call was answered as on a quiet day."""
        assert set(self.statuses) == {("start", 200), ("submit", 202), ("status", 200)}, self
        assert len(self.accepted) == self.come == len(self.crowd.ids), self

    def __str__(self) -> str:
        """Say what every call was answered, in one line."""
        told = ", ".join(f"{n} × {call} {status}" for (call, status), n in self.statuses.items())
        each = f"{self.rate:.1f} came a second; " if self._seconds else ""
        return f"{each}{told}; slowest {self.slowest_seconds:.2f} s; keys {sorted(self.keys)}; {self.troubles}"


class _Line:
    """A connection that is kept open; what breaks it is an answer too, and the next call opens another."""

    def __init__(self, api: str) -> None:
        parts = urlsplit(api)
        self._base = parts.path
        self.troubles: list[str] = []
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of an answer."""
        content = None if body is None else json.dumps(body).encode()
        named = {"Content-Type": "application/json", **headers}
        try:
            self._connection.request(method, self._base + path, content, named)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            self.troubles.append(f"{method} {path.rpartition('/')[2]}: {error!r}")
            return NO_ANSWER, {}

    def close(self) -> None:
        self._connection.close()


@contextmanager
def arriving(
    crowd: Crowd, *, per_second: float = 50, fills_in_seconds: float = 2
) -> Iterator[Arrivals]:
    """Let visitors come as long as the block lasts; at its end each has sent the form."""
    arrivals = Arrivals(crowd, per_second, fills_in_seconds, _begun=time.perf_counter())
    threads = [threading.Thread(target=arrivals.work) for _ in range(LINES)]
    for thread in threads:
        thread.start()
    try:
        yield arrivals
    finally:
        arrivals.end()
        for thread in threads:
            thread.join()
    arrivals.send_the_rest()
