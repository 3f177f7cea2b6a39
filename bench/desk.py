"""How long do the review desk and the lists take with a full database, beside stock ModelAdmin?

A process of its own per database (SQLite; PostgreSQL where its programs are
installed) fills it with submissions in the shares of a running campaign, then
asks for each page again and again as signed-in staff, through the whole of
Django but no network: milliseconds until the page is rendered, p95 per page, the
worst page counting. The same process asks a stock ``ModelAdmin`` over the same
rows for the same questions: newest first, one status, a page further back, a
person by e-mail, one submission.

100,000 rows in ``make bench``, a million in ``make soak``.
"""

import json
import os
import signal
import subprocess
import sys
from typing import Any

from bench.databases import Database, each_database
from bench.load import percentile
from bench.report import Report, Scale
from campaignhub.env import ROOT

COUNT: dict[Scale, int] = {"small": 3_000, "bench": 100_000, "soak": 1_000_000}
TIMES: dict[Scale, int] = {"small": 5, "bench": 40, "soak": 60}
PATIENCE_SECONDS: dict[Scale, int] = {"small": 300, "bench": 600, "soak": 7_200}

GOAL_P95_MS = 80


def run(report: Report) -> None:
    """Measure on each database that this machine has."""
    for database in each_database(report):
        _measure(report, database)


def _measure(report: Report, database: Database) -> None:
    count, times = COUNT[report.scale], TIMES[report.scale]
    process = subprocess.Popen(
        [*database.before, sys.executable, "-m", "bench.desk_site", str(count), str(times)],
        cwd=ROOT,
        env={**environment(), **database.environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=PATIENCE_SECONDS[report.scale])
    finally:
        if process.poll() is None:
            # Asked, not killed: the shell in between takes its PostgreSQL down with it.
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)
    if process.returncode:
        raise SystemExit(f"the pages on {database} were not all answered")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    ours, stock = _p95(found["ours"]), _p95(found["stock"])
    report.say(f"{database}, ours, p95:  {_spelled(ours)}")
    report.say(f"{database}, stock, p95: {_spelled(stock)}")
    worst, stock_worst = max(ours, key=ours.__getitem__), max(stock, key=stock.__getitem__)
    report.row(
        f"review desk and lists at {count:,} submissions, {database}",
        goal=f"p95 ≤ {GOAL_P95_MS} ms",
        measured=f"{ours[worst]:.0f} ms (slowest page: {worst})",
        met=ours[worst] <= GOAL_P95_MS,
        peer=f"stock ModelAdmin {stock[stock_worst]:.0f} ms ({stock_worst}), "
        f"{stock[stock_worst] / ours[worst]:.1f} ×",
    )


def _p95(found: dict[str, list[float]]) -> dict[str, float]:
    return {page: percentile(times, 0.95) for page, times in found.items()}


def _spelled(found: dict[str, float]) -> str:
    return ", ".join(f"{page} {value:.0f} ms" for page, value in found.items())


def environment() -> dict[str, str]:
    """Return what a process of ours needs to find, and nothing of this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "CAMPAIGNHUB_ENV_FILE": "",
        "PYTHONWARNINGS": "ignore:No directory at",  # only a deployment has collected its files
        "DJANGO_SETTINGS_MODULE": "campaignhub.settings",
        "SECRET_KEY": "only-for-this-run",
        "PERSON_SECRET": "22" * 32,
        "TOKEN_KEYS": "t1:" + "11" * 32,
        # Addresses of photos are signed without a call.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
