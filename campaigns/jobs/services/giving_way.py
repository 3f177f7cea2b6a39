"""Giving way: SQLite has one writer, so a job whose steps follow one another closely keeps all others from writing."""

import time

from django.db import connection

HELD_SECONDS = 0.25
"""After so long others have their turn: a page that saves must not wait for the end of a slice."""
GAP_SECONDS = 0.12
"""Longer than the tenth of a second after which one that waits for SQLite's lock looks again."""


class GivingWay:
    """Leaves gaps between the steps of a slice. PostgreSQL locks rows, and needs none."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def after_step(self) -> None:
        """Let others write, where the steps have held the database for a while."""
        if connection.vendor == "sqlite" and time.monotonic() - self._since >= HELD_SECONDS:
            time.sleep(GAP_SECONDS)
            self._since = time.monotonic()
