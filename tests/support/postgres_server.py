"""A PostgreSQL of a test's own, for an installation that runs on it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).parent
STOP_SECONDS = 30


def postgres_programs() -> str:
    """Return the directory of PostgreSQL's programs; empty where it is not installed."""
    found = subprocess.run(
        ["bash", _HERE / "postgres_programs"], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a new, empty cluster; yield its address as ``DATABASE_URL`` takes it."""
    server = subprocess.Popen(
        # It lives as long as the input of the command that it is for.
        [
            *("bash", _HERE / "with_postgres", postgres_programs()),
            *("sh", "-c", 'echo "$DATABASE_URL"; exec cat'),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address, "it did not start"
        yield address
    finally:
        server.stdin.close()
        server.wait(STOP_SECONDS)
        server.stdout.close()
