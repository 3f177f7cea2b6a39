"""On SQLite, which has one writer, a job lets others write between its steps."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from campaigns.jobs.services import giving_way
from campaigns.jobs.services.giving_way import GivingWay
from tests.campaigns.jobs.counting import KIND, OUTSIDE, deliver, make_job

STEP_SECONDS = 0.03
STEPS = 150
"""Four seconds and a half; a page would wait for all of them."""


def connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=60, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    return database


def write(database: sqlite3.Connection, seconds: float = 0) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO written VALUES (1)")
    time.sleep(seconds)  # the work of a step, under SQLite's lock
    database.execute("COMMIT")


@pytest.mark.sqlite
def test_one_that_waits_for_the_lock_gets_it_between_two_steps(tmp_path: Path) -> None:
    path, begun = tmp_path / "db", threading.Event()
    left = [STEPS]

    def slice_of_a_job() -> None:
        with closing(connected(path)) as database:
            way = GivingWay()
            while left[0]:
                write(database, STEP_SECONDS)
                begun.set()
                way.after_step()
                left[0] -= 1

    with closing(connected(path)) as page:
        page.execute("CREATE TABLE written (at REAL)")
        job = threading.Thread(target=slice_of_a_job)
        job.start()
        begun.wait(10)
        for _ in range(3):
            write(page)
        still = left[0]
    job.join()
    assert still > STEPS // 3, "it waited for the steps to end"


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("kind", [KIND, OUTSIDE], ids=lambda kind: kind.name)
def test_a_slice_gives_way_between_its_steps(kind, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.vendor == "sqlite"
    monkeypatch.setattr(giving_way, "HELD_SECONDS", 0)
    monkeypatch.setattr(giving_way, "GAP_SECONDS", 0.2)
    job, begun = make_job(5, kind=kind), time.monotonic()
    deliver(job, steps=5)
    assert time.monotonic() - begun >= 4 * 0.2
