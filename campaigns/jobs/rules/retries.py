"""When a job that could not go on is tried again, and when it is given up."""

from datetime import timedelta

MOST_ATTEMPTS = 12
"""At one place. With :func:`wait_after` half an hour: longer than a table that throttles for 20."""
_FIRST_SECONDS = 5
_LONGEST_SECONDS = 300


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts at one place."""
    return timedelta(seconds=min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** max(0, attempts - 1)))


def is_given_up(attempts: int) -> bool:
    """Tell whether another attempt at the same place is of no use."""
    return attempts >= MOST_ATTEMPTS
