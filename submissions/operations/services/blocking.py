"""Sessions of the database that hold up others: an open transaction somewhere stops everything that writes.

PostgreSQL tells each of our sessions what the others of its role do; of other roles it tells
no more than id and name. The statements themselves are not read: they may hold what people typed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

WAITS_AT_LEAST = "2 seconds"
"""Shorter waits are everyday: two moderators, or a batch of the mirror. Ours give up after ten."""
IDLE_AT_LEAST = "60 seconds"
"""While the breakers of those that it held up are open nobody waits for it, and it is in the way all the same."""
_SHOWN = 10
_QUERY = """
    WITH waits AS (
        SELECT unnest(pg_blocking_pids(pid)) AS pid, now() - query_start AS waited
        FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()
    )
    SELECT one.pid, one.application_name, coalesce(one.state, 'state not known'), one.xact_start,
           count(waits.pid)
    FROM pg_stat_activity AS one LEFT JOIN waits ON waits.pid = one.pid
    WHERE one.datname = current_database() AND one.pid <> pg_backend_pid()
    GROUP BY one.pid, one.application_name, one.state, one.xact_start
    HAVING bool_or(waits.waited >= %s::interval)
        OR (one.state LIKE 'idle in transaction%%' AND one.xact_start < now() - %s::interval
            AND EXISTS (SELECT FROM pg_locks AS held
                        WHERE held.pid = one.pid AND held.granted AND held.locktype = 'relation'
                            AND held.mode NOT IN ('AccessShareLock', 'RowShareLock')))
    ORDER BY one.xact_start
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
    """Return the sessions that others wait for, or will, the oldest transaction first; on SQLite there are none."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [WAITS_AT_LEAST, IDLE_AT_LEAST, _SHOWN])
        return [Blocker(*row) for row in cursor.fetchall()]
