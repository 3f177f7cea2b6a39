"""CPU time of the processes of an installation, by what they do.

From ``/proc`` and not from the wall clock: it says what a submission costs, also
on a machine where others work. A function's process may end in between, so the
processes are looked at again and again and the last sight of each is kept.
"""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.5

KINDS = (
    ("-write", "writer"),
    ("-images", "images function"),
    ("-start", "start function"),
    ("-status", "status function"),
    ("ministack-lambda", "other functions"),
    ("ministack", "emulator"),
    ("local_aws.pipes", "pipes"),
    ("manage.py drain", "drain"),
    ("manage.py clock", "clock"),
    ("celery", "workers"),
    ("gunicorn", "web"),
)
"""What is found in a command, first match first: functions of the emulator carry its name too."""


def seconds_of(pid: int) -> float:
    """Return the CPU seconds that a process has used; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK


def descendants(root: int) -> list[int]:
    """Return the ids of all processes below ``root``."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        children = [pid for pid, of in parents.items() if of == parent]
        found += children
        waiting += children
    return found


def _command(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        return ""


def kind_of(command: str) -> str | None:
    """Say what a process of the installation is by its command."""
    return next((kind for part, kind in KINDS if part in command), None)


class Meter:
    """Adds up what the processes below ``root`` use, by kind, from :meth:`start` on."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._base: dict[int, float] = {}
        self._last: dict[int, float] = {}
        self._kinds: dict[int, str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def start(self) -> None:
        """Begin to count."""
        self._look()
        self._base = dict(self._last)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Return CPU seconds by kind."""
        self._over.set()
        self._thread.join()
        self._look()
        used: dict[str, float] = defaultdict(float)
        for pid, seconds in self._last.items():
            used[self._kinds[pid]] += seconds - self._base.get(pid, 0.0)
        return used

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        for pid in descendants(self._root):
            if pid not in self._kinds:
                kind = kind_of(_command(pid))
                if kind is None:
                    continue
                self._kinds[pid] = kind
            seconds = seconds_of(pid)
            if seconds:
                self._last[pid] = seconds


@contextmanager
def metered(root: int) -> Iterator[dict[str, float]]:
    """Count inside the block; what is yielded is filled at its end."""
    meter, used = Meter(root), defaultdict[str, float](float)
    meter.start()
    try:
        yield used
    finally:
        used.update(meter.stop())
