"""No 202 is lost: whichever of our processes is killed, every id is in the table and in Django, once."""

import os
import signal
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from bench.load import Answer, send
from bench.submissions import Visitors
from tests.support.installation import Installation, wait_until
from tests.support.ledger import ids_in_django, ids_in_table
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow

COUNT = 500
PER_SECOND = 50


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def functions(installation: Installation) -> list[int]:
    """Return the processes that run our functions in the emulator."""
    (emulator,) = installation.pids("ministack")
    return children(emulator)


def kill(installation: Installation, name: str) -> None:
    """Kill every process of one kind, without a word of warning."""
    victims = functions(installation) if name == "functions" else installation.pids(name)
    assert victims, f"{name} does not run"
    for pid in victims:
        os.kill(pid, signal.SIGKILL)


def test_killing_each_process_in_turn_loses_no_submission(embedded: Installation) -> None:
    visitors, accepted = Visitors.of(embedded), set[UUID]()
    before = {name: embedded.pids(name) for name in ("gunicorn", "celery", "embedded.pipes")}
    victims = ["embedded.pipes", "functions", "celery", "gunicorn"]
    fallen: list[threading.Thread] = []

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted.add(visitors.id_of(answer.number))
        if victims and answer.number >= COUNT * (5 - len(victims)) / 6:
            thread = threading.Thread(target=kill, args=(embedded, victims.pop(0)))
            thread.start()
            fallen.append(thread)

    outcome = send(visitors.submission, count=COUNT, connections=8, rate=PER_SECOND, seen=note)
    for thread in fallen:
        thread.join()
    assert not victims
    assert outcome.statuses[202] == COUNT, "the accept step runs no process of ours"

    wait_until(
        lambda: accepted <= set(ids_in_django(embedded)),
        what="every accepted submission in Django",
        seconds=150,
    )
    for held in (ids_in_table(embedded), ids_in_django(embedded)):
        counted = Counter(held)
        assert {key: counted[key] for key in accepted} == dict.fromkeys(accepted, 1)

    wait_until(
        lambda: all(embedded.pids(name) not in ([], pids) for name, pids in before.items()),
        what="all three were started again",
    )
    visitor = Visitor(embedded, "summer-receipts")
    visitor.enter(receipt_bytes(77_001))
    visitor.status("pending_review")
    visitor.row("id")
