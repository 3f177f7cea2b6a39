"""Sessions of the database that hold up others: an open transaction somewhere stops everything that writes.

PostgreSQL tells each of our sessions what the others of its role do. The statements
themselves are not read: they may hold what people typed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

WAITS_AT_LEAST = "5 seconds"
"""Shorter waits are everyday: two moderators, or a batch of the mirror."""
_SHOWN = 10
_QUERY = """
    SELECT blocker.pid, blocker.application_name, blocker.state, blocker.xact_start,
           count(*)
    FROM pg_stat_activity AS waiting
    CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS held(pid)
    JOIN pg_stat_activity AS blocker ON blocker.pid = held.pid
    WHERE waiting.wait_event_type = 'Lock' AND waiting.datname = current_database()
    GROUP BY 1, 2, 3, 4
    HAVING bool_or(now() - waiting.query_start >= %s::interval)
    ORDER BY 4
    LIMIT %s
"""


@dataclass(frozen=True)
class Blocker:
    """A session that others wait for."""

    pid: int
    """Of the database's server; what ``pg_terminate_backend`` takes."""
    application: str
    state: str
    since: datetime | None
    """When its transaction began."""
    waiting: int
    """How many sessions wait for it."""


def blockers() -> list[Blocker]:
    """Return the sessions that others have waited for, the oldest transaction first; on SQLite there are none."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [WAITS_AT_LEAST, _SHOWN])
        return [Blocker(*row) for row in cursor.fetchall()]
