"""What a web process does at its start: it takes what it has loaded out of the collector's sight before it forks."""

import subprocess
import sys
import threading

import pytest

from campaignhub import startup
from campaignhub.env import ROOT

PROGRAM = """
import gc, sys
import campaignhub.wsgi
frozen = gc.get_freeze_count()
assert "submissions.review.admin.desk" in sys.modules, "what is behind the addresses is loaded"
print(frozen, len(gc.get_objects()))
"""


def test_what_is_loaded_at_the_start_is_walked_by_no_collection():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    frozen, left = map(int, told.stdout.split()[-2:])
    assert frozen > 50_000
    assert left < frozen / 10


def test_what_runs_beside_requests_begins_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = [], threading.Event()

    def run() -> None:
        begun.append(threading.current_thread())
        ended.set()

    monkeypatch.setattr(startup, "_beside", [])
    monkeypatch.setattr(startup, "_begun_in", set())
    startup.beside_requests(run)
    for _ in range(2):
        startup._begin_here()
    assert ended.wait(10)
    assert len(begun) == 1
    assert begun[0].daemon
