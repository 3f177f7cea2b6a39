"""How passwords are hashed: Argon2id at a cost that a sign-in page can bear, one at a time, after the desk's work."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from campaignhub.errors import DomainError

WAIT_SECONDS = 3.0
PATIENT_SECONDS = 60.0
MOST_AT_ONCE = 3
"""In one process, of whose threads each one holds up a page: `up` and docs/figures.md have four."""
_NICENESS = 10
_BUSY = "Sign-in is busy. Try again in a few seconds."

_patient: ContextVar[bool] = ContextVar("patient", default=False)

Result = TypeVar("Result")


class HashingBusy(DomainError):
    """Too many passwords wait to be checked; this one was not looked at."""


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane.

    The least that OWASP's Password Storage Cheat Sheet recommends. Django's own
    takes 100 MiB and eight lanes: a dozen anonymous clients would use up memory
    and cores of everyone who works. A hash of another cost is verified at
    that cost and replaced at the next sign-in.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password, in turn."""
        return _in_turn(lambda: super(Argon2Hasher, self).encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash, in turn."""
        return _in_turn(lambda: super(Argon2Hasher, self).verify(password, encoded))


@contextmanager
def no_page_waits() -> Iterator[None]:
    """Give each hash a minute: a command holds up no page, and on a busy machine must not end for want of seconds."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


def _in_turn(work: Callable[[], Result]) -> Result:
    """Do it in the process's one thread for hashes; refuse it where too many wait for that."""
    slots = _slots(os.getpid())
    if not slots.acquire(blocking=False):
        raise HashingBusy(_BUSY)
    begun = _thread(os.getpid()).submit(work)
    # A hash that its caller gave up on keeps its place until it is done.
    begun.add_done_callback(lambda _: slots.release())
    try:
        return begun.result(timeout=PATIENT_SECONDS if _patient.get() else WAIT_SECONDS)
    except TimeoutError:
        begun.cancel()
        raise HashingBusy(_BUSY) from None


@cache
def _slots(_process: int) -> threading.BoundedSemaphore:
    """Return the slots of this process; at a fork another thread may hold some."""
    return threading.BoundedSemaphore(MOST_AT_ONCE)


@cache
def _thread(_process: int) -> ThreadPoolExecutor:
    """Return the thread of this process; one that was there before a fork is not there after it."""
    return ThreadPoolExecutor(1, thread_name_prefix="hash", initializer=_step_back)


def _step_back() -> None:
    """Let the threads that answer pages go first. Argon2 holds no lock of Python's while it works."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
