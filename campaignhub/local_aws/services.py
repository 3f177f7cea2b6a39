"""The processes of ours that ``up`` runs beside the emulator, and how they are asked whether they answer."""

import http.client
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from campaignhub.local_aws.deploy import STACK
from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.processes import Child


@dataclass(frozen=True)
class Plan:
    """What decides a run: directories, ports, and whether a port was asked for by name."""

    root: Path
    var: Path
    web_port: int
    aws_port: int
    is_migrated: Callable[[], bool]
    """Whether the database has every table that the code expects."""
    bootstrap: Callable[[Path], None]
    """Make the demo in this process and write its facts to a file; right while its environment is."""
    sender: str
    """Whom the platform's mails come from: ``Name <address>``."""
    fixed: frozenset[str] = frozenset()
    """Of ``web_port`` and ``aws_port``, those that the environment sets."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the template, by name: which way in submissions take."""

    @property
    def ministack_python(self) -> Path:
        """The interpreter that has the emulator installed; `make install` makes it."""
        return self.var / "ministack-venv" / "bin" / "python"

    def log(self, name: str) -> Path:
        """The log file of a child."""
        return self.var / "log" / f"{name}.log"


DJANGO = ("drain", "clock", "mail", "jobs")
"""The processes of ours beside the site that read the database and the table."""


def services(plan: Plan, ministack: MiniStack, web_port: int) -> dict[str, Child]:
    """Describe the processes of ours, by name."""
    commands = {
        "web": [
            *("-m", "gunicorn", "campaignhub.wsgi:application"),
            *("--bind", f"127.0.0.1:{web_port}"),
            *("--workers", "2", "--threads", "4", "--preload", "--graceful-timeout", "10"),
            "--no-control-socket",  # it would be one per user, not one per checkout
            *("--logger-class", "campaignhub.access_log.TokenlessLogger"),
            *("--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms"),
        ],
        "drain": ["manage.py", "drain", "--skip-checks"],
        "clock": ["manage.py", "clock", "--skip-checks"],
        "mail": _celery("mail", processes=1),
        "jobs": _celery("jobs", processes=2),
        "pipes": [
            *("-m", "campaignhub.local_aws.pipes", "--endpoint", ministack.endpoint),
            *("--stack", STACK, "--positions", str(plan.var / "aws" / "positions")),
        ],
    }
    return {
        name: _child(plan, name, [sys.executable, *command]) for name, command in commands.items()
    }


def _celery(queue: str, *, processes: int) -> list[str]:
    """Describe a worker of one queue. Only processes can be ended at a time limit, threads cannot."""
    return [
        *("-m", "celery", "-q", "-A", "campaignhub", "worker", "--loglevel", "INFO"),
        *("--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", str(processes)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def once(plan: Plan, name: str, command: Sequence[str]) -> Child:
    """Describe a command of ``manage.py`` that comes to an end."""
    return _child(plan, name, [sys.executable, "manage.py", *command])


def _child(plan: Plan, name: str, command: list[str]) -> Child:
    return Child(
        name=name,
        command=command,
        log=plan.log(name),
        environment={
            "CAMPAIGNHUB_ENV_FILE": str(plan.var / "env.json"),
            # In a container everybody is root; Celery would say a page about it at every start.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        },
        directory=plan.root,
        stop_seconds=20,
    )


def status_of(
    address: str, method: str = "GET", body: bytes | None = None, *, seconds: float = 10
) -> int:
    """Return the status that an address answers with; 0 where nobody does in time, or a gateway fails."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=seconds)
    try:
        connection.request(method, parts.path, body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return 0 if status in (502, 504) else status
