"""When did which submission arrive? Looks into the site's database from outside, as it fills."""

import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from uuid import UUID

LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 120
"""How long nothing new may become visible before the rest counts as lost."""


class Watch(threading.Thread):
    """Notes when each submission became visible in the site's database.

    Instants are those of ``time.perf_counter``.
    """

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self._address = f"file:{database}?mode=ro"
        self._over = threading.Event()
        self.visible: dict[UUID, float] = {}
        self.times_seen = 0

    def run(self) -> None:
        """Look for new rows, by the number that SQLite gives them."""
        last = 0
        with closing(sqlite3.connect(self._address, uri=True, timeout=20)) as database:
            while not self._over.wait(LOOK_SECONDS):
                rows = database.execute(
                    "SELECT rowid, id FROM submissions_submission WHERE rowid > ? ORDER BY rowid",
                    (last,),
                ).fetchall()
                now = time.perf_counter()
                for number, key in rows:
                    last = number
                    self.visible.setdefault(UUID(key), now)
                self.times_seen += len(rows)

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()

    def wait_for(self, accepted: Iterable[UUID]) -> None:
        """Return when all that was accepted is visible, or nothing has moved for long."""
        wanted = set(accepted)
        moved_at, seen = time.monotonic(), -1
        while not wanted <= self.visible.keys():
            if len(self.visible) != seen:
                moved_at, seen = time.monotonic(), len(self.visible)
            if time.monotonic() - moved_at > PATIENCE_SECONDS:
                return
            time.sleep(LOOK_SECONDS)
