"""How often a password may be guessed: a few times at once, then with waits that double."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Allowance:
    """What is allowed of one kind: ``free`` attempts in a row, then one after each wait."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta
    """Attempts count together until this long after the last one."""


_HALF_A_MINUTE, _MINUTE = timedelta(seconds=30), timedelta(minutes=1)
_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

ACCOUNT_FROM_ADDRESS = Allowance(5, _MINUTE, longest_wait=_HOUR, forgotten_after=_DAY)
"""One account from one address: a person who mistypes, or a guesser."""
ACCOUNT = Allowance(20, _MINUTE, longest_wait=_QUARTER, forgotten_after=_DAY)
"""One account from all unknown devices together: about a hundred guesses a day, however many addresses."""
ADDRESS = Allowance(20, _HALF_A_MINUTE, longest_wait=_QUARTER, forgotten_after=_HOUR)
"""All accounts from one address: an office has one, and so has a program that tries a list of names."""
NETWORK = Allowance(200, _HALF_A_MINUTE, longest_wait=_QUARTER, forgotten_after=_HOUR)
"""All accounts from one site of IPv6, which has 65,536 networks to guess from."""
KNOWN_DEVICE = Allowance(10, _MINUTE, longest_wait=_HOUR, forgotten_after=_DAY)
"""One account on a device that has signed in to it before; it is held up by nothing that others do."""


@dataclass(frozen=True)
class Count:
    """What has been attempted of one kind so far."""

    attempts: int
    last_at: datetime
    blocked_until: datetime | None = None


def is_blocked(count: Count, *, at: datetime) -> bool:
    """Tell whether another attempt has to wait."""
    return count.blocked_until is not None and at < count.blocked_until


def with_another(count: Count | None, allowance: Allowance, *, at: datetime) -> Count:
    """Count an attempt that begins now. It is counted as failed until it has succeeded."""
    if count is None or at - count.last_at >= allowance.forgotten_after:
        attempts = 1
    else:
        attempts = count.attempts + 1
    wait = wait_after(attempts, allowance)
    return Count(attempts, at, at + wait if wait else None)


def wait_after(attempts: int, allowance: Allowance) -> timedelta:
    """Return how long the next attempt has to wait after so many."""
    beyond = attempts - allowance.free
    if beyond < 0:
        return timedelta(0)
    doubled = allowance.first_wait * (1 << min(beyond, 20))
    return min(doubled, allowance.longest_wait)
