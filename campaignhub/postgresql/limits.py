"""How long a connection to PostgreSQL waits: for the server, a statement, a lock, a forgotten transaction."""

from typing import Any

from django.db import connections

ANSWER_SECONDS = "answer_seconds"
"""Of our own among the options: how long the client waits for an answer, whatever the server keeps."""
_LATER = 5
"""Seconds that the client waits longer than the server, which can say more."""


def options_of(statement_seconds: int) -> dict[str, Any]:
    """Return the options of connections whose statements take so long at most; 0 is for ever."""
    options: dict[str, Any] = {
        "connect_timeout": 5,
        # Sent and not taken over, as by a host that is gone (milliseconds; Linux only).
        "tcp_user_timeout": 15000,
        "options": f"-c statement_timeout={statement_seconds * 1000}"
        " -c lock_timeout=10000 -c idle_in_transaction_session_timeout=120000",
    }
    if statement_seconds:
        options[ANSWER_SECONDS] = statement_seconds + _LATER
    return options


def limit_statements(seconds: int) -> None:
    """Let no statement of this process take longer; for one whose work must go on when the server is back.

    Before the first connection. SQLite has a limit on its one lock, and no server.
    """
    default = connections["default"]
    if default.vendor == "postgresql":
        default.settings_dict["OPTIONS"].update(options_of(seconds))
