"""The clock's process: one round waits for no other, and each pauses alone."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from campaignhub.clock import runner
from campaignhub.clock.lease import Lease
from campaignhub.clock.models import ClockLease, RoundState
from campaignhub.clock.rounds import Round
from campaignhub.clock.runner import Clock
from campaignhub.clock.turns import Away, Turn
from tests.support.installation import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def running(*rounds: Callable[[Turn], None], owner: str = "me") -> Iterator[Clock]:
    """Run a clock with these rounds, twenty times a second each."""
    clock = Clock([Round(one.__name__, one, 0.05, 0.2) for one in rounds], Lease(owner))
    thread = threading.Thread(target=clock.run)
    thread.start()
    try:
        yield clock
    finally:
        clock.stop()
        thread.join(20)
        assert not thread.is_alive()


def test_a_round_that_hangs_and_one_that_fails_keep_no_other_waiting():
    turns, go_on = Counter[str](), threading.Event()

    def hangs(_turn: Turn) -> None:
        go_on.wait(20)

    def fails(_turn: Turn) -> None:
        turns["fails"] += 1
        raise Away("the table is away")

    def works(_turn: Turn) -> None:
        turns["works"] += 1

    with running(hangs, fails, works):
        wait_until(lambda: turns["works"] > 10 and turns["fails"] >= 3, what="the others go on")
        wait_until(
            lambda: RoundState.objects.filter(name="fails", paused_until__isnull=False).exists(),
            what="the breaker of one is open, and said so in its row",
        )
        state = RoundState.objects.get(name="fails")
        assert (state.failures, state.last_error) == (3, "the table is away")
        seen = turns["works"]
        wait_until(lambda: turns["works"] > seen + 5, what="the others still go on")
        assert turns["fails"] == 3
        go_on.set()
    assert ClockLease.objects.get().owner == "", "an orderly stop gives the lease up"


def test_of_two_processes_one_runs_the_rounds_and_the_other_when_it_ends():
    turns = Counter[str]()

    def first(_turn: Turn) -> None:
        turns["first"] += 1

    def second(_turn: Turn) -> None:
        turns["second"] += 1

    with running(first, owner="a"):
        wait_until(lambda: turns["first"], what="the first works")
        with running(second, owner="b"):
            seen = turns["first"]
            wait_until(lambda: turns["first"] > seen + 5, what="the first goes on")
            assert not turns["second"]
    with running(second, owner="b"):
        wait_until(lambda: turns["second"], what="the second works once the first has ended")


def test_a_turn_learns_that_its_time_is_over_or_its_process_stops():
    seen: list[float] = []
    over = threading.Event()

    def long(turn: Turn) -> None:
        begun = time.monotonic()
        while not turn.is_over():
            time.sleep(0.01)
        seen.append(time.monotonic() - begun)
        over.set()

    with running(long):
        assert over.wait(20)
    assert 0.2 <= seen[0] < 5


def test_a_process_whose_round_hangs_beyond_every_limit_ends(monkeypatch):
    monkeypatch.setattr(runner, "STUCK_SECONDS", 0.3)
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.1)
    go_on = threading.Event()

    def hangs(_turn: Turn) -> None:
        go_on.wait(20)

    clock = Clock([Round("hangs", hangs, 0.05, 0.2)], Lease("me"))
    assert clock.run() is False
    go_on.set()
    wait_until(
        lambda: not any(thread.name in ("hangs", "lease") for thread in threading.enumerate()),
        what="its threads have ended",
    )
