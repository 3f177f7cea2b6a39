"""The databases that a program measures: SQLite, and PostgreSQL where its programs are installed."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from bench.report import Report
from tests.support.postgres_server import postgres_programs


@dataclass(frozen=True)
class Database:
    """An empty database for a process that is started with it."""

    name: str
    before: tuple[str, ...]
    """What the process's command begins with, so that the database's server runs as long as it."""
    environment: dict[str, str]

    def __str__(self) -> str:
        return self.name


def each_database(report: Report) -> Iterator[Database]:
    """Yield one database after the other; say which this machine does not have."""
    with tempfile.TemporaryDirectory() as directory:
        address = f"sqlite:///{directory}/db.sqlite3"
        yield Database("SQLite", (), {"DATABASE_URL": address})
    if programs := postgres_programs():
        yield Database("PostgreSQL", ("bash", "tests/support/with_postgres", programs), {})
    else:
        report.say(
            "PostgreSQL is not installed here (Debian: apt-get install postgresql): left out."
        )
