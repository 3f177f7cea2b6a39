"""Children that are kept running: one that ends is started again, at once or after a while."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from campaignhub.local_aws.console import Console
from campaignhub.local_aws.processes import Child, note_running

RESTART_SECONDS = (0.5, 1, 2, 5, 10)
STEADY_SECONDS = 30
"""A child that ran this long starts again without waiting."""


@dataclass
class _Kept:
    child: Child
    started_at: float = field(default_factory=time.monotonic)
    failures: int = 0
    again_at: float | None = None


class Keeper:
    """The children of one installation by their names.

    Their process ids stand in the file ``pids``, for the start after one that was
    killed. ``before`` and ``after`` are called around each start that follows a death.
    """

    def __init__(
        self,
        pids: Path,
        console: Console,
        *,
        before: Callable[[Child], None],
        after: Callable[[Child], None],
    ) -> None:
        self._pids = pids
        self._console = console
        self._before, self._after = before, after
        self._kept: dict[str, _Kept] = {}

    def __getitem__(self, name: str) -> Child:
        return self._kept[name].child

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    @property
    def children(self) -> list[Child]:
        """All of them, in the order in which they were added."""
        return [kept.child for kept in self._kept.values()]

    def add(self, children: Iterable[Child]) -> None:
        """Start those that are not kept yet, and keep them running."""
        for child in children:
            if child.name not in self._kept:
                child.start()
                self._kept[child.name] = _Kept(child)
                self._note()

    def watch(self) -> None:
        """See to those that have ended since the last look."""
        for kept in list(self._kept.values()):
            if kept.again_at is not None:
                if time.monotonic() >= kept.again_at:
                    self._try_restart(kept)
            elif not kept.child.alive():
                self._on_death(kept)

    def renew(self, names: Iterable[str]) -> None:
        """Stop those of these that are kept, all at once, and start them again."""
        renewed = [self._kept[name] for name in names if name in self._kept]
        for kept in renewed:
            kept.child.ask_to_stop()
        for kept in renewed:
            if kept.child.pid is not None:
                kept.child.stop()
                kept.child.start()
                kept.again_at = None  # it may have died in between and be waiting for its turn
        self._note()

    def forget(self) -> None:
        """Take away what was noted for a next start: all have ended."""
        self._pids.unlink(missing_ok=True)

    def _note(self) -> None:
        try:
            note_running(self._pids, self.children)
        except OSError as error:
            # As on a full disk. It is for the next start alone, and no reason to end what runs.
            self._console.say(f"What runs can't be written down: {error.strerror}.")

    def _on_death(self, kept: _Kept) -> None:
        child = kept.child
        self._console.follow([child])
        if time.monotonic() - kept.started_at > STEADY_SECONDS:
            kept.failures = 0
        said = f"{child.name} ended unexpectedly ({child.returncode})"
        child.stop()  # what is left of its group
        self._start_later(kept, said)

    def _start_later(self, kept: _Kept, said: str) -> None:
        wait = RESTART_SECONDS[min(kept.failures, len(RESTART_SECONDS) - 1)]
        kept.failures += 1
        kept.again_at = time.monotonic() + wait
        self._console.say(f"{said}; starting it again in {wait} s.")

    def _try_restart(self, kept: _Kept) -> None:
        """Start one again; where the machine refuses, as with a full disk, the others stay and it is tried later."""
        try:
            kept.again_at = None
            kept.started_at = time.monotonic()
            self._before(kept.child)
            kept.child.start()
            self._note()
            self._after(kept.child)
        except OSError as error:
            self._start_later(kept, f"{kept.child.name} can't start: {error.strerror}")
