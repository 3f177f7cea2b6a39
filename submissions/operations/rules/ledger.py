"""Comparing two long lists without holding either: by count, by state and by a hash that knows no order."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

_HOUR = timedelta(hours=1)
_WORD = 1 << 128


@dataclass
class Tally:
    """What was seen: how many of each state, and the sum of a hash of each line.

    A sum, because the table answers in another order than the database, and a
    peak hour of a million lines must not be sorted to be compared. Two lists
    with one sum differ with a probability of 2^-128.
    """

    by_state: Counter[str] = field(default_factory=Counter)
    digest: int = 0

    def add(self, submission_id: UUID, version: int, state: str) -> None:
        """Count a line."""
        self.by_state[state] += 1
        line = hashlib.blake2b(submission_id.bytes + version.to_bytes(8, "big"), digest_size=16)
        self.digest = (self.digest + int.from_bytes(line.digest(), "big")) % _WORD

    @property
    def count(self) -> int:
        """Return how many lines there were."""
        return self.by_state.total()

    def agrees_with(self, other: "Tally") -> bool:
        """Tell whether both saw the same submissions in the same versions."""
        return (self.count, self.digest) == (other.count, other.digest)

    def __str__(self) -> str:
        return f"{self.digest:032x}"


def hours_between(begins_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Yield the beginning of every UTC hour that has a part between the two."""
    hour = begins_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < ends_at:
        yield hour
        hour += _HOUR
