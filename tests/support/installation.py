"""A whole installation for flow and browser tests: what ``make up`` runs, in a directory of its own."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import Any, TypeVar

import psycopg

from campaignhub.env import ROOT, VAR
from campaignhub.local_aws.deploy import client
from tests.support.django_process import DjangoProcess
from tests.support.stack import free_port

UP_SECONDS = 300
"""More than it gives itself, so that its own last words are read."""
DOWN_SECONDS = 60
PATIENCE_SECONDS = 30
DJANGO = DjangoProcess.__module__.encode()
UNDO_SECONDS = 20
"""Long enough for a test that takes a verdict back, and not the minute that people have."""

Found = TypeVar("Found")


def wait_until(
    look: Callable[[], Found], *, what: str, seconds: float = PATIENCE_SECONDS, pause: float = 0.05
) -> Found:
    """Return what ``look`` returns as soon as it is true; fail, naming ``what``, when it never is.

    A look that takes long needs a longer ``pause`` (seconds): it would take the cores from
    what it waits for.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(pause)
    return found


@dataclass
class Installation:
    """One installation: its directory, and the process that runs it while it is up."""

    directory: Path
    web_port: int = field(default_factory=free_port)
    aws_port: int = field(default_factory=free_port)
    environment_too: dict[str, str] = field(default_factory=dict)
    """What its processes find in their environment beside the ports."""
    postgres: str = ""
    """Where the test reads its database, if that is PostgreSQL: past any line that its processes go through."""
    _process: subprocess.Popen[bytes] | None = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _django: tuple[int, DjangoProcess] | None = None
    """With the time at which the environment was written that it has read."""

    def start(self) -> None:
        """Run ``manage.py up`` and return when everything answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for shared in ("ministack-venv", "build"):
            link = self.directory / shared
            if not link.is_symlink():
                (VAR / shared).mkdir(parents=True, exist_ok=True)
                link.symlink_to(VAR / shared)
        begun = time.time()
        with (self.directory / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(
                lambda: self._is_up(since=begun),
                what="the installation answers",
                seconds=UP_SECONDS,
            )
        except BaseException:
            # Whoever comes next in this directory finds it as if it had never been started.
            self._process.terminate()
            self._process.wait(DOWN_SECONDS)
            raise

    def _is_up(self, *, since: float) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"it ended:\n{self.last_words()}"
        facts = self.directory / "up.json"
        # One that was killed has left its own.
        return facts.exists() and facts.stat().st_mtime > since

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Press Ctrl-C, or send another signal, and return when it has ended."""
        self._end_django()
        self._clients.clear()
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(DOWN_SECONDS)
        self._process = None

    def processes(self) -> dict[int, str]:
        """Return what runs for this directory, by its environment: process id → command.

        The Django of :meth:`manage` is the test's own.
        """
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError):
                if str(self.directory).encode() in (entry / "environ").read_bytes():
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    if DJANGO not in command:
                        found[int(entry.name)] = command.decode(errors="replace")
        return found

    def last_words(self, lines: int = 40) -> str:
        """Return the end of what it printed."""
        return "\n".join((self.directory / "up.log").read_text().splitlines()[-lines:])

    def pids(self, name: str) -> list[int]:
        """Return the process ids of those of its processes whose command holds ``name``."""
        noted = json.loads((self.directory / "up.pids").read_text())
        return [entry["pid"] for entry in noted if name in " ".join(entry["command"])]

    @property
    def facts(self) -> dict[str, Any]:
        """What ``up.json`` tells: addresses, accounts, campaigns."""
        return self._json("up.json")

    @property
    def environment(self) -> dict[str, Any]:
        """What ``env.json`` holds: the stack's outputs and the secrets."""
        return self._json("env.json")

    def _json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.directory / name).read_text())
        return content

    def campaign(self, slug: str) -> dict[str, Any]:
        """Return the facts of a demo campaign."""
        found: dict[str, Any] = next(c for c in self.facts["campaigns"] if c["slug"] == slug)
        return found

    def aws(self, service: str) -> Any:
        """Return a client of a service of this installation: one for all tests, as to make one takes long."""
        if service not in self._clients:
            self._clients[service] = client(service, f"http://127.0.0.1:{self.aws_port}")
        return self._clients[service]

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read from its database; a value stands where the query has ``?``."""
        if self.postgres:
            with psycopg.connect(self.postgres, connect_timeout=5) as server:
                return server.execute(query.replace("?", "%s").encode(), values).fetchall()
        address = f"file:{self.directory / 'db.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def manage(self, *command: str, seconds: float = 120) -> str:
        """Run a command of ``manage.py`` in it; return what it printed."""
        code, printed, complaint = self._django_now().run(command, seconds=seconds)
        assert code == 0, printed + complaint
        return printed

    def _django_now(self) -> DjangoProcess:
        """Return a Django that has read the environment as it is now: a new emulator's tables have new names."""
        written = (self.directory / "env.json").stat().st_mtime_ns
        if self._django is None or self._django[0] != written:
            self._end_django()
            self._django = written, DjangoProcess(self._environment())
        return self._django[1]

    def _end_django(self) -> None:
        if self._django is not None:
            self._django[1].end()
            self._django = None

    def python(self, program: str) -> str:
        """Run a program in its Django, for all clients, ``timezone`` and ``timedelta`` at hand; return what it printed."""
        head = (
            "from datetime import timedelta\nfrom django.utils import timezone\n"
            "from campaigns.accounts.tenancy import unscoped\n"
            "with unscoped('a test looks at all of it'):\n"
        )
        return self.manage("shell", "--no-imports", "-c", head + indent(program, "    "))

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "CAMPAIGNHUB_VAR": str(self.directory),
            "WEB_PORT": str(self.web_port),
            "AWS_PORT": str(self.aws_port),
            "PYTHONUNBUFFERED": "1",
            # For `sitecustomize`, by which its processes note what they ask of AWS.
            "PYTHONPATH": f"{ROOT / 'tests' / 'support' / 'recorder'}:{ROOT}",
            "CALLS_INTO": str(self.directory / "calls.jsonl"),
            **self.environment_too,
        }


@contextmanager
def running_installation(
    directory: Path, *, aws_port: int | None = None, postgres: str = "", **environment: str
) -> Iterator[Installation]:
    """Start an installation in a directory; stop it at the end, and show its log if it never came up."""
    installation = Installation(
        directory,
        aws_port=aws_port or free_port(),
        environment_too=environment,
        postgres=postgres,
    )
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()
