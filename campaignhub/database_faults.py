"""What is wrong with the database itself, as one sentence for the person who runs a command."""

from django.db import connection
from django.db.utils import DatabaseError

_OF_SERVER = ("08", "28", "3D", "53", "57P")
"""How PostgreSQL's states begin that are no fault of what was asked: connection, sign-in, no such
database, resources, shutdown.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

_OF_FILE = {"CANTOPEN", "BUSY", "LOCKED", "FULL", "IOERR", "READONLY", "NOTADB", "CORRUPT"}
"""The same for SQLite: https://www.sqlite.org/rescode.html"""


def sentence_of(error: DatabaseError) -> str:
    """Say why the database can't be used, and what to do; nothing where the fault is in what was asked."""
    text = str(error).strip().partition("\n")[0].rstrip(".")
    if _is_of_database(error.__cause__):
        return f"The database can't be used: {text}. DATABASE_URL says which it is."
    if _is_empty():
        return f"The database has no tables yet: {text}. First: manage.py migrate."
    return ""


def _is_of_database(cause: BaseException | None) -> bool:
    if name := getattr(cause, "sqlite_errorname", ""):
        return name.removeprefix("SQLITE_").partition("_")[0] in _OF_FILE
    if connection.vendor != "postgresql":
        return False
    # What psycopg finds itself, as that there is no server, has no state.
    state: str | None = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(_OF_SERVER)


def _is_empty() -> bool:
    try:
        return "django_migrations" not in connection.introspection.table_names()
    except DatabaseError:
        return False
