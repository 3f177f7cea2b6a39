"""The seal of winning moments: a hash that is recorded before the start and can be checked after the close."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

NONCE_BYTES = 32


@dataclass(frozen=True, order=True)
class SealedMoment:
    """One unit of a prize that can be won from ``at`` on; ``unit`` is its number in the prize, which it keeps for ever."""

    at: datetime
    prize: str
    unit: int


def numbered(prize: str, times: Iterable[datetime], *, first: int = 0) -> list[SealedMoment]:
    """Return moments for the units of one prize from ``first`` on, in order of time."""
    return [SealedMoment(at, prize, unit) for unit, at in enumerate(sorted(times), first)]


def canonical_list(moments: Iterable[SealedMoment]) -> str:
    """Return moments as the text that is sealed: one a line, in order, times in UTC to the millisecond."""
    return "".join(f"{_written(one.at)} {one.prize} {one.unit}\n" for one in sorted(moments))


def read_list(text: str) -> Iterator[SealedMoment]:
    """Read what :func:`canonical_list` wrote."""
    for line in text.splitlines():
        at, prize, unit = line.split(" ")
        yield SealedMoment(datetime.fromisoformat(at), prize, int(unit))


def seal_of(nonce: bytes, text: str) -> str:
    """Return the SHA-256 of the nonce and the list, as hex.

    The nonce is 256 random bits: without it a list of few moments could be found by trying.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce has 256 bits")
    return hashlib.sha256(nonce + text.encode()).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
