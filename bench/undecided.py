"""What does a round of the clock cost with a quarter of a million undecided entries, and a batch of the mirror?

A process of its own per database (SQLite; PostgreSQL where its programs are installed)
writes 15,000 undecided entries with a photo each, then fills up to 250,000. At both it
asks, in milliseconds, median of several: each round of the clock that looks for what is
due, where nothing is; the badges of the navigation; the page of operations; and what
a batch of 100 new entries with their photos costs the mirror. Undecided entries are the
worst case: every index of what waits is full of them.

The last column is 250,000 by 15,000. What is due is read from indexes, so a round
stays below 50 ms and a badge below 5 ms.
"""

import json
import subprocess
import sys

from bench.databases import Database, each_database
from bench.desk import environment
from bench.report import Report, Scale
from campaignhub.env import ROOT

COUNTS: dict[Scale, tuple[int, int]] = {
    "small": (500, 2_000),
    "bench": (15_000, 250_000),
    "soak": (15_000, 1_000_000),
}
GOALS_MS = {"round": 50, "badge": 5}
"""By the first word of what is measured."""


def run(report: Report) -> None:
    """Measure on each database that this machine has."""
    for database in each_database(report):
        _measure(report, database)


def _measure(report: Report, database: Database) -> None:
    few, many = COUNTS[report.scale]
    command = [*database.before, sys.executable, "-m", "bench.undecided_site", str(few), str(many)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment(), **database.environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    for name, (at_few, at_many) in found.items():
        goal = GOALS_MS.get(name.split()[0])
        report.row(
            f"{name} at {many:,} undecided, {database}",
            goal=f"≤ {goal} ms" if goal else "–",
            measured=f"{at_many:.1f} ms",
            met=at_many <= goal if goal else None,
            peer=f"{at_few:.1f} ms at {few:,}, × {at_many / max(at_few, 0.01):.2f}",
        )
