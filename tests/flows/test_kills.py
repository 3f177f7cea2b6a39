"""No 202 is lost: whichever of our processes is killed, every id is in the table and in Django, once."""

import threading
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
