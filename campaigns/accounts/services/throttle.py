"""Counting attempts to sign in, for all processes together, before any password is hashed.

A table of our own, because what is at hand counts too late or in the wrong
place: django-axes counts after the password was checked, so that a hundred
requests at once are a hundred guesses (its issue 592, not to be fixed);
django-allauth's limits live in the cache, which is one per process here, and
leave the admin's sign-in out; ``limits`` has no store in SQL.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from campaignhub.errors import DomainError
from campaigns.accounts.models import SignInCount
from campaigns.accounts.rules.sign_in import Allowance, Count, is_blocked, with_another

KEPT = timedelta(hours=24)
"""As long as the longest memory of an allowance."""
FEW, FEW_KEPT = 2, timedelta(hours=1)
"""So many attempts are forgotten sooner: a flood of made-up names leaves rows for an hour, not a day."""


class TooManyAttempts(DomainError):
    """An attempt was refused before the password was looked at; ``until`` says for how long."""

    def __init__(self, *, until: datetime, at: datetime) -> None:
        self.until = until
        self.wait_seconds = max(1, int((until - at).total_seconds()))
        super().__init__(f"Too many sign-in attempts. Try again {_in_words(until - at)}.")


@dataclass(frozen=True)
class Limit:
    """What an attempt counts towards."""

    key: str
    allowance: Allowance


@dataclass(frozen=True)
class Attempt:
    """An attempt that was let through, with the counts it found and left, by key."""

    found: dict[str, Count | None]
    left: dict[str, Count]


def key_of(kind: str, *parts: str) -> str:
    """Return the key of a count: a keyed hash, so that the table tells nothing about anyone."""
    text = "\0".join((kind, *parts))
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).hexdigest()


def begin_attempt(limits: Sequence[Limit], *, at: datetime) -> Attempt:
    """Count an attempt towards every limit, or refuse it and count nothing.

    It counts as failed from here on: of any number of guesses at the same moment
    only as many pass as are allowed, because each locks the rows that the
    next one reads. A refusal is one query that locks nothing, so a flood of
    them holds nobody up.

    Raises:
        TooManyAttempts: one of the limits is reached.
    """
    by_key = {limit.key: limit.allowance for limit in limits}
    _refuse_blocked(_counts(by_key), at)
    with transaction.atomic():
        # In order of their keys: two attempts never wait for each other in a circle.
        fresh = [SignInCount(key=key, last_at=at) for key in sorted(by_key)]
        SignInCount.objects.bulk_create(fresh, ignore_conflicts=True)
        found = _counts(by_key, lock=True)
        _refuse_blocked(found, at)
        left = {key: with_another(found[key], by_key[key], at=at) for key in sorted(by_key)}
        for key, count in left.items():
            SignInCount.objects.filter(key=key).update(
                attempts=count.attempts, last_at=at, blocked_until=count.blocked_until
            )
    return Attempt(found, left)


def take_back(attempt: Attempt, *, forget: str | None = None) -> None:
    """Count an attempt no longer; ``forget`` names the one count that begins again with a success.

    The others keep what failed before: with one account of their own a guesser
    could otherwise reset an address's count after every few guesses.
    """
    SignInCount.objects.filter(key=forget).delete()
    for key in sorted(attempt.left.keys() - {forget}):
        found, left = attempt.found[key], attempt.left[key]
        row = SignInCount.objects.filter(key=key, attempts__gt=0)
        row.update(attempts=F("attempts") - 1)
        # The wait that this attempt began ends, unless another has begun a longer one since.
        row = SignInCount.objects.filter(key=key, blocked_until=left.blocked_until)
        row.update(blocked_until=found.blocked_until if found else None)


def is_news(key: str, *, within: timedelta, at: datetime) -> bool:
    """Tell whether the log has had no line about ``key`` within this time, and remember this one.

    So the log grows by the clock and not by what is sent to us.
    """
    logged_at = list(SignInCount.objects.filter(key=key).values_list("logged_at", flat=True))
    if logged_at and logged_at[0] and at - logged_at[0] < within:
        return False
    if not logged_at:
        fresh = SignInCount(key=key, last_at=at)
        SignInCount.objects.bulk_create([fresh], ignore_conflicts=True)
    due = Q(logged_at=None) | Q(logged_at__lte=at - within)
    return SignInCount.objects.filter(due, key=key).update(logged_at=at, last_at=at) == 1


def count_since_news(key: str, *, within: timedelta, at: datetime) -> int:
    """Count one more of ``key``; return how many there were when the log is due a line, else 0.

    It writes every time, as a line in the log does: how long an answer takes
    does not tell whether there was one.
    """
    with transaction.atomic():
        fresh = SignInCount(key=key, last_at=at)
        SignInCount.objects.bulk_create([fresh], ignore_conflicts=True)
        row = SignInCount.objects.select_for_update().get(key=key)
        many = row.attempts + 1
        due = row.logged_at is None or at - row.logged_at >= within
        row.attempts, row.last_at = 0 if due else many, at
        row.logged_at = at if due else row.logged_at
        row.save(update_fields=["attempts", "last_at", "logged_at"])
    return many if due else 0


def forget_old_counts(*, at: datetime) -> int:
    """Remove the counts that no longer count."""
    few = Q(attempts__lte=FEW, last_at__lt=at - FEW_KEPT)
    removed, _ = SignInCount.objects.filter(Q(last_at__lt=at - KEPT) | few).delete()
    return removed


def _counts(keys: dict[str, Allowance], *, lock: bool = False) -> dict[str, Count | None]:
    rows = SignInCount.objects.filter(key__in=keys).order_by("key")
    if lock:
        rows = rows.select_for_update()
    counts: dict[str, Count | None] = dict.fromkeys(keys)
    known = rows.values_list("key", "attempts", "last_at", "blocked_until")
    for key, attempts, last_at, blocked_until in known:
        if attempts:
            counts[key] = Count(attempts, last_at, blocked_until)
    return counts


def _refuse_blocked(counts: dict[str, Count | None], at: datetime) -> None:
    blocked = [
        count.blocked_until
        for count in counts.values()
        if count and count.blocked_until and is_blocked(count, at=at)
    ]
    if blocked:
        raise TooManyAttempts(until=max(blocked), at=at)


def _in_words(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60)
    return "in a minute" if minutes <= 1 else f"in {minutes} minutes"
