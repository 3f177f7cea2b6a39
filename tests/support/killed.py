"""An act in a process of its own that is killed in the middle, as ``kill -9`` does it."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

WITHIN_SECONDS = 30


def kill_once(reached: Callable[[], bool], act: Callable[[], Any]) -> bool:
    """Run ``act`` in a fork and kill it as soon as ``reached``; tell whether it was still at it.

    Both use a connection of their own to the database, so it needs one that is shared and
    a test that commits.
    """
    connection.close()
    if (child := os.fork()) == 0:
        try:
            act()
        finally:
            os._exit(0)
    ends_at = time.monotonic() + WITHIN_SECONDS
    while not reached():
        assert time.monotonic() < ends_at, "it never got there"
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
