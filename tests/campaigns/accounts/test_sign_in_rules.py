"""How often a password may be guessed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.accounts.rules.sign_in import (
    ACCOUNT,
    ACCOUNT_FROM_ADDRESS,
    ADDRESS,
    KNOWN_DEVICE,
    Allowance,
    Count,
    is_blocked,
    wait_after,
    with_another,
)
from campaigns.accounts.services.throttle import KEPT
from tests.campaigns.factories import NOON

ALLOWANCES = (ACCOUNT, ACCOUNT_FROM_ADDRESS, ADDRESS, KNOWN_DEVICE)
MINUTE = timedelta(minutes=1)


def test_the_first_attempts_are_free_and_then_waits_double_to_an_end() -> None:
    waits = [wait_after(number, ACCOUNT_FROM_ADDRESS) for number in range(1, 13)]
    assert waits[:4] == [timedelta(0)] * 4
    assert waits[4:8] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits[-1] == timedelta(hours=1)
    assert wait_after(10_000, ACCOUNT_FROM_ADDRESS) == timedelta(hours=1)


@pytest.mark.parametrize("allowance", ALLOWANCES)
@given(pauses=st.lists(st.integers(0, 100_000), max_size=200))
def test_whatever_the_pace_an_account_bears_a_bounded_number_of_guesses_a_day(
    allowance: Allowance, pauses: list[int]
) -> None:
    count, at, passed = None, NOON, []
    for pause in pauses:
        at += timedelta(seconds=pause)
        if count and is_blocked(count, at=at):
            continue
        count = with_another(count, allowance, at=at)
        passed.append(at)
    day = [moment for moment in passed if at - moment < timedelta(days=1)]
    waits = timedelta(days=1) / allowance.longest_wait
    once_forgotten = timedelta(days=1) / allowance.forgotten_after
    assert len(day) <= allowance.free * (once_forgotten + 1) + waits + 10


def test_attempts_are_forgotten_some_time_after_the_last_one() -> None:
    tired = Count(attempts=30, last_at=NOON)
    rested = NOON + ACCOUNT.forgotten_after
    assert with_another(tired, ACCOUNT, at=rested - MINUTE).attempts == 31
    assert with_another(tired, ACCOUNT, at=rested) == Count(1, rested)


def test_a_block_ends_at_its_end() -> None:
    count = Count(5, NOON, NOON + MINUTE)
    assert is_blocked(count, at=NOON + MINUTE - timedelta(microseconds=1))
    assert not is_blocked(count, at=NOON + MINUTE)


def test_counts_are_kept_as_long_as_they_count() -> None:
    assert max(allowance.forgotten_after for allowance in ALLOWANCES) <= KEPT
