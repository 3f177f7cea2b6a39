"""How far, how quickly, how long still: said only where it is known."""

from datetime import timedelta

import pytest

from campaigns.jobs.rules.pace import Pace, in_words, pace_of
from campaigns.jobs.rules.retries import MOST_ATTEMPTS, is_given_up, wait_after
from tests.campaigns.factories import NOON


@pytest.mark.parametrize(
    ("done", "total", "before", "seconds", "has_ended", "found"),
    [
        (0, 400, 0, 0, False, Pace(0, None, None)),
        (100, 400, 0, 10, False, Pace(25, 600, timedelta(seconds=30))),
        (300, 400, 200, 10, False, Pace(75, 600, timedelta(seconds=10))),
        (400, 400, 0, 10, False, Pace(99, 2400, timedelta(0))),
        (400, 400, 0, 10, True, Pace(100, 2400, None)),
        (50, None, 0, 10, False, Pace(None, 300, None)),
        (0, 0, 0, 10, True, Pace(100, None, None)),
    ],
)
def test_the_pace_is_of_the_stretch_without_a_pause(
    done: int, total: int | None, before: int, seconds: int, has_ended: bool, found: Pace
) -> None:
    at = NOON + timedelta(seconds=seconds)
    assert (
        pace_of(done=done, total=total, since=NOON, done_before=before, at=at, has_ended=has_ended)
        == found
    )


def test_a_length_is_said_as_people_say_it() -> None:
    said = [in_words(timedelta(seconds=one)) for one in (3, 45, 95, 3600, 7300)]
    assert said == ["a few seconds", "40 seconds", "2 minutes", "60 minutes", "2 hours"]


def test_what_does_not_answer_for_twenty_minutes_is_waited_for() -> None:
    waits = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert sum(waits, timedelta()) > timedelta(minutes=20)
    assert waits == sorted(waits)
    assert [is_given_up(one) for one in (1, MOST_ATTEMPTS - 1, MOST_ATTEMPTS)] == [0, 0, 1]
