"""The database backend; Django looks for it by this module's name."""

import time
from collections.abc import Generator
from functools import partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError

from campaignhub.postgresql.limits import ANSWER_SECONDS


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections that end where no answer comes."""

    def get_connection_params(self) -> dict[str, Any]:
        """Keep our own option from the driver, which knows nothing of it."""
        params: dict[str, Any] = super().get_connection_params()
        params.pop(ANSWER_SECONDS, None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, and bound every later wait for the server."""
        connection = super().get_new_connection(conn_params)
        if seconds := self.settings_dict["OPTIONS"].get(ANSWER_SECONDS):
            connection.wait = partial(_wait, connection, seconds)
        return connection


def _wait(connection: Connection[Any], seconds: float, gen: Any, *args: Any, **options: Any) -> Any:
    """Wait as psycopg does, which looks up every tenth of a second; close what does not answer in time."""
    return Connection.wait(connection, _bounded(connection, gen, seconds), *args, **options)


def _bounded(
    connection: Connection[Any], gen: Generator[Any, Any, Any], seconds: float
) -> Generator[Any, Any, Any]:
    ends_at = time.monotonic() + seconds
    try:
        state = next(gen)
        while True:
            ready = yield state
            if time.monotonic() > ends_at:
                # Whatever it says later is of no use: nobody knows what it belongs to.
                connection.close()
                raise OperationalError(f"no answer of the database within {seconds:g} s")
            state = gen.send(ready)
    except StopIteration as end:
        return end.value
