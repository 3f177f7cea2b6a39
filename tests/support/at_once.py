"""Two at the same moment: acts in threads that begin together, each on a connection of its own.

A thread has no scope of its own; these have that of the test.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

from django.db import connection

from campaignhub.errors import DomainError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once; return what each returned, or the rule that refused it."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait(10)
        try:
            return act()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        begun = [pool.submit(copy_context().run, run, act) for act in acts]
        return [one.result() for one in begun]
