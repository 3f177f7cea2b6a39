"""No 202 is lost: whichever of our processes is killed, every id is in the table and in Django, once."""

import os
import signal
import threading
import time
from typing import Any
from uuid import UUID

import pytest

from bench.load import Answer, send
from tests.support.crowd import Crowd
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor
from tests.support.weathered import OURS, Ledger, children, kill, soon_again

pytestmark = [pytest.mark.flow, pytest.mark.long]

COUNT = 300
PER_SECOND = 50


def test_killing_each_process_in_turn_loses_no_submission(
    embedded: Installation, scenery: dict[str, dict[str, Any]]
) -> None:
    people, limit = 120, 2
    crowd = Crowd(embedded, scenery["two-each"], person=lambda number: number % people)
    accepted = set[UUID]()
    before = {name: embedded.pids(name) for name in OURS}
    forked = [child for pid in before["celery"] for child in children(pid)]
    assert len(forked) == 3, "the workers run tasks in processes of their own"
    victims = ["local_aws.pipes", "functions", *(name for name in OURS if "pipes" not in name)]
    fallen: list[threading.Thread] = []

    def note(answer: Answer) -> None:
        if answer.status == 202:
            accepted.add(crowd.id_of(answer.number))
        if victims and answer.number >= COUNT * (7 - len(victims)) / 8:
            thread = threading.Thread(target=kill, args=(embedded, victims.pop(0)))
            thread.start()
            fallen.append(thread)

    with soon_again(embedded):
        outcome = send(crowd.submission, count=COUNT, connections=8, rate=PER_SECOND, seen=note)
        for thread in fallen:
            thread.join()
        assert not victims
        assert outcome.statuses[202] == COUNT, "the accept step runs no process of ours"

        ledger = Ledger(embedded, crowd, range(COUNT))
        ledger.settle(accepted, seconds=240)
    ledger.prove(accepted, limit=limit)
    wait_until(
        lambda: all(embedded.pids(name) not in ([], pids) for name, pids in before.items()),
        what="all were started again",
    )
    wait_until(
        lambda: not set(forked) & set(embedded.processes()),
        what="nothing that a killed worker had forked is left",
    )
    visitor = Visitor(embedded, "summer-receipts")
    visitor.enter(receipt_bytes(77_001))
    visitor.status("pending_review")
    visitor.row("id")


START = """
from campaigns.accounts.models import User
from campaigns.workbench.services.republish import start_republish
print(start_republish(User.objects.filter(is_superuser=True).first(), timezone.now()).pk)
"""
LEASE_OVER = """
from campaigns.jobs.models import Job
now = timezone.now()
print(Job.objects.filter(pk={pk}, ended_at=None).update(leased_until=now, due_at=now))
"""
SENT_AGAIN = """
from campaigns.jobs.models import Job
now = timezone.now()
left = Job.objects.filter(pk={pk}, ended_at=None)
left.filter(leased_until__lte=now).update(due_at=now)
print(left.count())
"""


def killed_in_the_middle(installation: Installation) -> int:
    """Start a job and kill its worker after its first step, until one is killed before the last; return the job's id."""
    for _ in range(5):
        job = int(installation.python(START).split()[-1])
        while not installation.rows("SELECT id FROM jobs_job WHERE id = ? AND done > 0", [job]):
            time.sleep(0.002)
        for worker in installation.pids("queues jobs"):
            for child in children(worker):
                os.kill(child, signal.SIGKILL)
        kill(installation, "queues jobs")
        if installation.python(LEASE_OVER.format(pk=job)).split()[-1] == "1":
            return job
        wait_until(lambda: installation.pids("queues jobs"), what="the worker was started again")
    raise AssertionError("the job was always quicker")


def test_a_job_whose_worker_is_killed_goes_on_where_it_stopped_and_is_told_of_once(
    embedded: Installation, scenery: dict[str, dict[str, Any]]
) -> None:
    job = killed_in_the_middle(embedded)

    def has_ended() -> bool:
        # What the dead worker's poll is given is lost for a while, as is any message; the clock sends another.
        return embedded.python(SENT_AGAIN.format(pk=job)).split()[-1] == "0"

    wait_until(has_ended, what="the job has ended", seconds=120)
    query = "SELECT state, done, total FROM jobs_job WHERE id = ?"
    ((state, done, total),) = embedded.rows(query, [job])
    assert (state, done) == ("done", total)
    assert total >= len(scenery)
    lines = embedded.rows(
        "SELECT code FROM accounts_auditentry WHERE target = ? ORDER BY id", [f"job:{job}"]
    )
    assert lines == [("job.started",), ("job.done",)]
