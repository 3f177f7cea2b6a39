"""How passwords are hashed: Argon2id at a cost that a sign-in page can bear."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from campaignhub.errors import DomainError

WAIT_SECONDS = 3.0
_turn = threading.BoundedSemaphore(1)
"""One hash at a time and process: the others answer the desk meanwhile."""


class HashingBusy(DomainError):
    """Too many passwords wait to be checked; none was looked at."""

    code = "hashing_busy"


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
        with _in_turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash, in turn."""
        with _in_turn():
            return super().verify(password, encoded)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise HashingBusy("Sign-in is busy. Try again in a few seconds.")
    try:
        yield
    finally:
        _turn.release()
