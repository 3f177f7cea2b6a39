"""The breaker: three failures in a row, a pause, one try."""

import pytest

from campaignhub.clock.breaker import PAUSE_SECONDS, Breaker


def test_two_failures_leave_it_closed_and_the_third_opens_it():
    breaker = Breaker()
    assert breaker.failed(0) is None
    assert breaker.failed(1) is None
    assert breaker.failed(2) == PAUSE_SECONDS[0]
    assert not breaker.admits(2 + PAUSE_SECONDS[0] - 0.1)
    assert breaker.admits(2 + PAUSE_SECONDS[0])


def test_a_success_in_between_begins_the_count_again():
    breaker = Breaker()
    for failed in (True, True, False, True, True):
        breaker.failed(0) if failed else breaker.succeeded()
    assert breaker.admits(0)


def test_a_failed_try_pauses_longer_and_never_longer_than_the_last_pause():
    breaker, now, pauses = Breaker(failures=2), 0.0, []
    for _ in range(5):
        pause = breaker.failed(now)
        assert pause is not None
        pauses.append(pause)
        now += pause
        assert breaker.admits(now)
    assert pauses == [*PAUSE_SECONDS, PAUSE_SECONDS[-1], PAUSE_SECONDS[-1]]


@pytest.mark.parametrize("failures", [0, 2, 3, 7])
def test_a_success_closes_it_and_says_whether_it_was_open(failures):
    breaker = Breaker()
    for _ in range(failures):
        breaker.failed(0)
    assert breaker.succeeded() is (failures >= 3)
    assert breaker == Breaker()
