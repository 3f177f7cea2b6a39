"""What the person at the terminal sees: every process's lines behind its name, and our own."""

import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from campaignhub.local_aws.processes import Child

COLOURS = {"up": "1", "aws": "33", "web": "32", "drain": "36", "pipes": "35"}
COLOURS |= {"clock": "34", "mail": "92", "jobs": "96"}
LARGEST_LOG_BYTES = 50_000_000


class Console:
    """Follows the log files and prints what is new; :meth:`say` is our own voice."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out or sys.stdout
        self._lock = threading.Lock()
        self._read: dict[Path, int] = {}
        self._rest: dict[Path, str] = {}

    def say(self, text: str) -> None:
        """Print a line, or several, of our own."""
        for line in text.splitlines() or [""]:
            self._print("up", line)

    def announce(self, facts: Mapping[str, Any], *, data: Path) -> None:
        """Tell where everything is, and who may sign in: what ``var/up.json`` holds."""
        lines = ["", f"CampaignHub is up. Ctrl-C stops it, its data stay in {data}.", ""]
        lines += [f"  Admin      {facts['admin']}"]
        lines += [
            f"             {account['username']} / {account['password']}   ({account['role']})"
            for account in facts["accounts"]
        ]
        lines += [f"  Campaign   {campaign['page']}" for campaign in facts["campaigns"]]
        lines += [f"  API        {facts['api']}", ""]
        self.say("\n".join(lines))

    def follow(self, children: Sequence[Child]) -> None:
        """Print what the children wrote since the last call."""
        for child in children:
            for line in self._new_lines(child.log):
                self._print(child.name, line)

    def _new_lines(self, log: Path) -> list[str]:
        try:
            with log.open("rb") as file:
                file.seek(self._read.get(log, 0))
                new = file.read(1_000_000)
                self._read[log] = file.tell()
        except FileNotFoundError:
            return []
        if self._read[log] > LARGEST_LOG_BYTES:
            # Children append, so they go on at the new end.
            with log.open("r+b") as file:
                file.truncate(0)
            self._read[log] = 0
        text = self._rest.get(log, "") + new.decode(errors="replace")
        *lines, self._rest[log] = text.split("\n")
        return lines

    def _print(self, name: str, line: str) -> None:
        prefix = f"{name:<7}"
        if self._out.isatty():
            prefix = f"\033[{COLOURS.get(name, '0')}m{prefix}\033[0m"
        with self._lock:
            self._out.write(f"{prefix}{line}\n")
            self._out.flush()
