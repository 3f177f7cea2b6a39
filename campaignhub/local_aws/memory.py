"""How much memory the processes hold, for the person at the terminal."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from campaignhub.local_aws.processes import Child

_PROC = Path("/proc")


def memory_line(children: Sequence[Child]) -> str:
    """Say what each child holds in MB, the processes that it started included.

    What processes share is counted with each, so the sum is too high and never too low.
    """
    held: dict[int, int] = {}
    for group, size in _resident():
        held[group] = held.get(group, 0) + size
    megabytes = {
        child.name: held.get(child.pid, 0) // 2**20 for child in children if child.pid is not None
    }
    said = ", ".join(f"{name} {size}" for name, size in megabytes.items())
    return f"Memory in MB: {said}; {sum(megabytes.values())} together."


def _resident() -> Iterator[tuple[int, int]]:
    """Yield the process group and the resident bytes of every process; each child leads a group."""
    if (_PROC / "self" / "stat").exists():
        page = os.sysconf("SC_PAGE_SIZE")
        for stat in _PROC.glob("[0-9]*/stat"):
            with suppress(OSError):  # it has just ended
                fields = stat.read_text().rpartition(")")[2].split()
                yield int(fields[2]), int(fields[21]) * page
        return
    shown = subprocess.run(
        ["/bin/ps", "-A", "-o", "pgid=,rss="],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    ).stdout
    for line in shown.splitlines():
        group, size = line.split()
        yield int(group), int(size) * 1024
