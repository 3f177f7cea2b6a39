"""Room on the disk of the machine that answers: what is full stops logs, uploads and state of the embedded AWS."""

import shutil
from dataclasses import dataclass

from campaignhub.env import VAR

LEAST_FREE_BYTES = 256 << 20
LEAST_FREE_SHARE = 0.05


@dataclass(frozen=True)
class Disk:
    """The disk that holds what this installation writes."""

    free_bytes: int
    total_bytes: int

    @property
    def is_low(self) -> bool:
        """Whether somebody should make room now."""
        least = max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * self.total_bytes)
        return self.free_bytes < min(least, self.total_bytes / 2)


def disk() -> Disk | None:
    """Return how much room there is; ``None`` where the place is not there, as in a container without state."""
    try:
        found = shutil.disk_usage(VAR)
    except OSError:
        return None
    return Disk(found.free, found.total)
