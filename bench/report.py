"""What the benchmarks found: rows with a goal each, printed, kept as JSON, shown as a table.

``var/bench.json`` holds the last run of every program; ``bench.table`` makes the
documentation's figures from it.
"""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from campaignhub.env import VAR

FILE = VAR / "bench.json"
Scale = Literal["small", "bench", "soak"]
"""``small`` tries a program in seconds, its numbers mean nothing; ``soak`` takes hours."""


@dataclass(frozen=True)
class Row:
    """One thing that was measured, beside its goal."""

    what: str
    goal: str
    measured: str
    met: bool | None
    """``None`` where there is no goal to meet: a number for context."""
    peer: str = ""
    """What the peer did in the same run, and the ratio."""


@dataclass
class Report:
    """Collects the rows of one program while it runs, and prints them as they come."""

    program: str
    scale: Scale
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Print a line that stands beside the rows: a profile, a reason, a condition."""
        self.notes.append(text)
        print(f"    {text}", flush=True)

    def row(self, what: str, *, goal: str, measured: str, met: bool | None, peer: str = "") -> None:
        """Add a row."""
        row = Row(what, goal, measured, met, peer)
        self.rows.append(row)
        beside = f"   beside it: {peer}" if peer else ""
        print(f"  {_verdict(met):<8} {what}: {measured}   goal: {goal}{beside}", flush=True)

    def save(self) -> None:
        """Keep the rows in ``var/bench.json`` in place of this program's earlier ones."""
        if self.scale == "small":
            return
        known = load()
        known[self.program] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "scale": self.scale,
            "rows": [asdict(row) for row in self.rows],
            "notes": self.notes,
        }
        FILE.parent.mkdir(parents=True, exist_ok=True)
        partial = FILE.with_suffix(".partial")
        partial.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")
        partial.replace(FILE)


def _verdict(met: bool | None) -> str:
    return {True: "met", False: "NOT MET", None: "-"}[met]


def load() -> dict[str, dict[str, object]]:
    """Read what the last run of each program left, by name of the program."""
    try:
        found: dict[str, dict[str, object]] = json.loads(FILE.read_text())
    except FileNotFoundError:
        return {}
    return found


def machine() -> str:
    """Say in one line what this ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
