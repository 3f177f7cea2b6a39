"""How fast are 1,500,000 codes imported, and in how much memory; what does a 300 MB file of another kind cost?

The upload of a CSV as the page takes it, the job that reads it into the pool as the worker
runs it, and the refusal of files that hold no codes: each in a process of its own, so that
its peak of memory is its own, on SQLite and on PostgreSQL where its programs are installed.
The rate is that of the job; the peak is the whole process, Django and all.
"""

import json
import subprocess
import sys

from bench.databases import Database, each_database
from bench.desk import environment
from bench.report import Report, Scale
from campaignhub.env import ROOT

CODES: dict[Scale, int] = {"small": 20_000, "bench": 1_500_000, "soak": 1_500_000}
OTHER_MB: dict[Scale, int] = {"small": 5, "bench": 300, "soak": 300}
LEAST_A_SECOND = 20_000
MOST_MB = 300


def run(report: Report) -> None:
    """Measure on each database that this machine has."""
    for database in each_database(report):
        _measure(report, database)


def _measure(report: Report, database: Database) -> None:
    count, other_mb = CODES[report.scale], OTHER_MB[report.scale]
    done = subprocess.run(
        [
            *database.before,
            sys.executable,
            "-m",
            "bench.codes_site",
            "all",
            str(count),
            str(other_mb),
        ],
        cwd=ROOT,
        env={**environment(), **database.environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    upload, job = found["upload"], found["import"]
    report.say(f"{database}: a file of {upload['mb']:.0f} MB uploaded in {upload['seconds']:.1f} s")
    rate = job["codes"] / job["seconds"]
    report.row(
        f"import of {job['codes']:,} codes, {database}",
        goal=f"≥ {LEAST_A_SECOND:,}/s",
        measured=f"{rate:,.0f}/s",
        met=rate >= LEAST_A_SECOND,
        peer=f"{job['cpu']:.0f} s of CPU in {job['seconds']:.0f} s",
    )
    for phase in ("upload", "import"):
        peak = found[phase]["peak_mb"]
        report.row(
            f"peak memory of its {phase}, {database}",
            goal=f"≤ {MOST_MB} MB",
            measured=f"{peak:.0f} MB",
            met=peak <= MOST_MB,
        )
    for kind, refused in found["refused"].items():
        report.say(f"{kind}: “{refused['sentence']}”")
        report.row(
            f"{other_mb} MB of another kind ({kind}) refused, {database}",
            goal=f"a sentence, nothing kept, ≤ {MOST_MB} MB",
            measured=f"{refused['seconds']:.2f} s, {refused['peak_mb']:.0f} MB, {refused['kept']} rows",
            met=bool(refused["sentence"]) and not refused["kept"] and refused["peak_mb"] <= MOST_MB,
        )
