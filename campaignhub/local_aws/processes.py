"""Child processes that are never left behind.

Three nets, each for what the one before misses. A child leads a process group
of its own, and the group is ended with it: gunicorn, Celery's timetable and the
emulator's functions have children too. The kernel tells a child when its parent
died, even of kill -9 (Linux). And what runs is written to a file, so that the
next start ends what is left.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from campaignhub.parent_process import end_with_parent
from campaignhub.private_files import write_private


class EmbeddedError(Exception):
    """The embedded default cannot go on; worded for the person at the terminal."""


@dataclass
class Child:
    """A process that can be started again, its output in a log file.

    A file and not a pipe: whoever reads the pipe may be killed, and a child that
    ends in good order must not fail at writing its last line.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    inherit: Sequence[str] | None = None
    """Names of our environment that it sees; ``None`` for all."""
    directory: Path | None = None
    stop_seconds: float = 15
    _process: subprocess.Popen[bytes] | None = None
    _asked: bool = False

    def start(self) -> None:
        """Start it, unless it runs. Only from the main thread: the kernel ties parent and child by thread."""
        if self.alive():
            return
        names = os.environ.keys() if self.inherit is None else self.inherit
        ours = {name: os.environ[name] for name in names if name in os.environ}
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**ours, "PYTHONUNBUFFERED": "1", **self.environment},
                cwd=self.directory,
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )
        self._asked = False

    @property
    def pid(self) -> int | None:
        """Its id, also that of its group; ``None`` before the first start."""
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """How it ended, as a shell counts; ``None`` while it runs."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process, once: a second one means "at once" to some.

        Its own children are its own affair until it is gone.
        """
        if self._process and self._process.poll() is None and not self._asked:
            self._asked = True
            self._process.terminate()

    def stop(self) -> None:
        """End it in good order, then whatever of its group remains."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.stop_seconds)
        end_group(self._process.pid)
        self._process.wait()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def end_group(group: int) -> None:
    """Kill what is left of a process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def note_running(path: Path, children: Sequence[Child]) -> None:
    """Write down what runs, for :func:`end_left_over`."""
    running = [
        {"pid": child.pid, "name": child.name, "command": list(child.command)}
        for child in children
        if child.pid is not None and child.alive()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(running))


def end_left_over(path: Path, *, seconds: float = 30) -> list[str]:
    """End what an earlier run noted and left behind; return their names.

    A process id is reused by the system, so one counts only if it still runs
    the very command that was noted.
    """
    try:
        noted = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    left = [entry for entry in noted if _command_of(entry["pid"]) == entry["command"]]
    for entry in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(entry["pid"], signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for entry in left:
        while _command_of(entry["pid"]) in (entry["command"], []) and time.monotonic() < deadline:
            time.sleep(0.05)
        end_group(entry["pid"])
    path.unlink(missing_ok=True)
    return [str(entry["name"]) for entry in left]


def _command_of(pid: int) -> list[str] | None:
    """Return what a process runs; nothing of one that is just ending, ``None`` where there is none."""
    proc = Path(f"/proc/{pid}")
    with contextlib.suppress(OSError):
        if proc.parent.exists():
            if (proc / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return None
            return (proc / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        shown = subprocess.run(  # noqa: S603 - a number is all that varies
            ["/bin/ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return shown.stdout.split() or None
    return None
