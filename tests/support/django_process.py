"""Django as an installation has it, loaded once: each command runs in a fork, as fresh as a process of its own.

Loading Django takes a second and a half of a core, which every command that a
test runs would cost; a fork takes a hundredth of it.
"""

import json
import os
import select
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from tempfile import TemporaryFile

from campaignhub.env import ROOT

STOP_SECONDS = 10


class DjangoProcess:
    """Runs commands of ``manage.py``, one after the other, with what ``environment`` says."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.django_process"],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": "campaignhub.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, command: Sequence[str], *, seconds: float) -> tuple[int, str, str]:
        """Run a command; return its exit code, what it printed and what it complained of.

        Raises:
            TimeoutError: it takes longer.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(command), file=self._process.stdin, flush=True)
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"{' '.join(command)[:200]}: not within {seconds:g} s")
        code, printed, complaint = json.loads(self._process.stdout.readline())
        return code, printed, complaint

    def end(self) -> None:
        """Let it end: its input is over."""
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve() -> None:
    """Run each command that stands on a line of the input, until there are no more."""
    import django

    django.setup()
    for line in sys.stdin:
        with TemporaryFile("w+") as printed, TemporaryFile("w+") as complaint:
            if (child := os.fork()) == 0:
                os.dup2(printed.fileno(), sys.stdout.fileno())
                os.dup2(complaint.fileno(), sys.stderr.fileno())
                os._exit(_run(json.loads(line)))
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            texts = []
            for file in (printed, complaint):
                file.seek(0)
                texts.append(file.read())
        sys.stdout.write(json.dumps([code, *texts]) + "\n")
        sys.stdout.flush()


def _run(command: list[str]) -> int:
    """Run a command in this process; return its exit code."""
    from django.core.management import execute_from_command_line
    from django.db import connections

    sys.argv = ["manage.py", *command]
    try:
        execute_from_command_line(sys.argv)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, the one who asked is told
        traceback.print_exc()
        code = 1
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve()
