"""Checking a password: throttled before it is hashed, alike for every name, with a line in the log."""

import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction

from campaignhub.client_address import UNKNOWN, household, site, truncated
from campaignhub.passwords import HashingBusy
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.sign_in import (
    ACCOUNT,
    ACCOUNT_FROM_ADDRESS,
    ADDRESS,
    KNOWN_DEVICE,
    NETWORK,
)
from campaigns.accounts.services import audit, invitations, throttle
from campaigns.accounts.services.throttle import Limit, TooManyAttempts, key_of

DEVICE_DAYS = 180
MOST_ACCOUNTS_A_DEVICE = 5
_SALT = "campaigns.known_device"
_MOST_NAME_CHARS = 150
"""Of a user name, as its column has room for."""

REFUSED_LINE_EVERY = timedelta(minutes=15)
"""For one account; what concerns no account is one line for all of it."""
UNKNOWN_LINE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Origin:
    """Where an attempt comes from: the client's address, and what its device remembers of us."""

    address: str = UNKNOWN
    device: str = ""


def check_password(name: str, password: str, *, origin: Origin, at: datetime) -> User | None:
    """Return the account whose name and password these are, or ``None``.

    Unknown names, wrong passwords and accounts that may not sign in are counted,
    hashed and answered alike.

    Raises:
        TooManyAttempts: the password was not looked at.
        HashingBusy: nor was it then.
    """
    account = _account(name)
    with _attempt(name, account, origin, at) as attempt:
        if account is None:
            User().set_password(password)
        elif account.check_password(password) and _may_sign_in(account, at):
            attempt.succeeded = True
    if account and attempt.succeeded:
        _log("sign_in.succeeded", account, origin, at, actor=account)
        return account
    _log_failure("sign_in.failed", account, origin, at)
    return None


def confirm_password(account: User, password: str, *, origin: Origin, at: datetime) -> bool:
    """Tell whether a password is that of ``account``, who is signed in and says it once more.

    A session that was left open must not become a way to guess the password: it
    counts as attempts to sign in do.

    Raises:
        TooManyAttempts: the password was not looked at.
    """
    with _attempt(account.username, account, origin, at) as attempt:
        attempt.succeeded = account.check_password(password)
    if not attempt.succeeded:
        _log_failure("sign_in.not_confirmed", account, origin, at)
    return attempt.succeeded


def log_password_change(account: User, *, origin: Origin, at: datetime) -> None:
    """Leave a line about a password that its owner changed."""
    _log("staff.password_changed", account, origin, at, actor=account)


def remember_device(device: str, account: User) -> str:
    """Return what a device keeps that has signed in to ``account``, beside what it kept before.

    The model is OWASP's device cookie: who has it is counted apart, so that
    guesses from elsewhere lock nobody out who has been here before.
    """
    known = _device(device)
    own = _account_key(account.username)
    accounts = [own, *(key for key in known.get("accounts", []) if key != own)]
    kept = {
        "device": known.get("device") or secrets.token_urlsafe(12),
        "accounts": accounts[:MOST_ACCOUNTS_A_DEVICE],
    }
    return signing.dumps(kept, salt=_SALT)


@dataclass
class _Attempt:
    succeeded: bool = False


@contextmanager
def _attempt(name: str, account: User | None, origin: Origin, at: datetime) -> Iterator[_Attempt]:
    """Count an attempt, and take it back where it succeeded or the password was not looked at."""
    limits = _limits(name, origin)
    try:
        counted = throttle.begin_attempt(limits, at=at)
    except TooManyAttempts:
        about = str(account.pk) if account else "unknown"
        every = REFUSED_LINE_EVERY if account else UNKNOWN_LINE_EVERY
        if throttle.is_news(key_of("refused", about), within=every, at=at):
            _log("sign_in.refused", account, origin, at)
        raise
    attempt = _Attempt()
    try:
        yield attempt
    except HashingBusy:
        throttle.take_back(counted)
        raise
    if attempt.succeeded:
        throttle.take_back(counted, forget=limits[0].key)


def _limits(name: str, origin: Origin) -> list[Limit]:
    """Return what an attempt counts towards; a success ends the first."""
    who = _account_key(name)
    known = _device(origin.device)
    if who in known.get("accounts", []):
        return [Limit(key_of("device", known["device"], who), KNOWN_DEVICE)]
    place = household(origin.address)
    limits = [
        Limit(key_of("account from address", who, place), ACCOUNT_FROM_ADDRESS),
        Limit(key_of("account", who), ACCOUNT),
        Limit(key_of("address", place), ADDRESS),
    ]
    if network := site(origin.address):
        limits.append(Limit(key_of("network", network), NETWORK))
    return limits


def _account(name: str) -> User | None:
    """Find the account by its name as typed, else in small letters; one query either way."""
    typed = _cleaned(name)
    found = {
        user.username: user for user in User.objects.filter(username__in={typed, typed.casefold()})
    }
    return found.get(typed) or found.get(typed.casefold())


def _account_key(name: str) -> str:
    """Return the key of a name, whether there is such an account or not."""
    return key_of("name", _cleaned(name).casefold())


def _cleaned(name: str) -> str:
    """Return a name as accounts are called; of one that is longer than any, the beginning.

    To put accents in their order takes the square of their number, and nobody has to
    be signed in to send five megabytes of them.
    """
    name = name.strip()
    if len(name) > _MOST_NAME_CHARS:
        return name[: _MOST_NAME_CHARS + 1]
    return unicodedata.normalize("NFKC", name)


def _may_sign_in(account: User, at: datetime) -> bool:
    """Tell whether an account may: who was let go may once more, to accept an invitation."""
    return account.is_active and (account.is_staff or invitations.waits_for(account, at=at))


def _device(kept: str) -> dict[str, Any]:
    try:
        known: dict[str, Any] = signing.loads(kept, salt=_SALT, max_age=timedelta(days=DEVICE_DAYS))
    except signing.BadSignature:
        return {}
    return known


def _log_failure(code: str, account: User | None, origin: Origin, at: datetime) -> None:
    """Log a failure. Of names that are none, one line a minute with their number and no name.

    People type passwords there.
    """
    if account:
        _log(code, account, origin, at)
        return
    unknown = key_of("failed", "unknown")
    if many := throttle.count_since_news(unknown, within=UNKNOWN_LINE_EVERY, at=at):
        _log(code, None, origin, at, attempts=many)


@transaction.atomic
def _log(
    code: str,
    account: User | None,
    origin: Origin,
    at: datetime,
    *,
    actor: User | None = None,
    attempts: int = 1,
) -> None:
    """Write a line under each client that the account works for; operators see the others."""
    clients: list[Client | None] = []
    if account:
        clients += Client.objects.filter(memberships__user=account).distinct()
    known = "known" if _device(origin.device) else "new"
    after: dict[str, Any] = {"network": truncated(origin.address), "device": known}
    if attempts > 1:
        after["attempts"] = attempts
    for client in clients or [None]:
        audit.record_line(
            code,
            actor=actor,
            client=client,
            target=f"user:{account.pk}" if account else "account:unknown",
            at=at,
            after=after,
        )
