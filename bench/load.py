"""A small HTTP/1.1 load: keep-alive connections, a fixed rate or as fast as answers come.

Our own because the answer has to be split by status and timed from the moment
a request was *due*, not sent: a client that waits for a slow server would
otherwise hide the wait (coordinated omission).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Outcome:
    """What a load saw: seconds per answer, how many of each status, the whole time."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers per second over the whole run."""
        return len(self.seconds) / self.elapsed

    def percentile_ms(self, share: float) -> float:
        """Milliseconds within which ``share`` (0 to 1) of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(frozen=True)
class Request:
    """One request, its body ready to send."""

    url: str
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def wire(self) -> bytes:
        """Write the request as it goes over the line."""
        parts = urlsplit(self.url)
        head = [
            f"POST {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + self.body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one answer; return its status and whether the server keeps the line open."""
    status = int((await reader.readline()).split()[1])
    length, keeps = 0, True
    while (line := (await reader.readline()).strip().lower()) != b"":
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        elif line == b"transfer-encoding: chunked":
            length = -1
        elif line == b"connection: close":
            keeps = False
    if length >= 0:
        await reader.readexactly(length)
        return status, keeps
    while (size := int((await reader.readline()).strip(), 16)) > 0:
        await reader.readexactly(size + 2)
    await reader.readline()
    return status, keeps


async def _run(
    make: Callable[[int], Request], count: int, connections: int, rate: float | None
) -> Outcome:
    outcome = Outcome()
    numbers = iter(range(count))
    begin = time.perf_counter()

    async def worker() -> None:
        reader: asyncio.StreamReader | None = None
        writer: asyncio.StreamWriter | None = None
        for number in numbers:
            request = make(number)
            due = begin + number / rate if rate else time.perf_counter()
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            try:
                if writer is None:
                    parts = urlsplit(request.url)
                    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
                assert reader is not None
                writer.write(request.wire())
                status, keeps = await _answer(reader)
                if not keeps:
                    writer.close()
                    writer = None
            except (OSError, IndexError, ValueError, asyncio.IncompleteReadError):
                writer, status = None, 0
            outcome.seconds.append(time.perf_counter() - due)
            outcome.statuses[status] += 1
        if writer is not None:
            writer.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    outcome.elapsed = time.perf_counter() - begin
    return outcome


def send(
    make: Callable[[int], Request], *, count: int, connections: int = 16, rate: float | None = None
) -> Outcome:
    """Send ``count`` requests, ``make(n)`` being the n-th, at ``rate`` a second or flat out."""
    return asyncio.run(_run(make, count, connections, rate))
