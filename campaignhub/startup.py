"""Before the first request: what is loaded stays, and nobody waits for it again."""

import gc
import os
import threading
from collections.abc import Callable

from django.core.signals import request_started
from django.urls import get_resolver

_beside: list[Callable[[], None]] = []
_begun_in: set[int] = set()


def beside_requests(run: Callable[[], None]) -> None:
    """Register what runs in a thread of every web process, from its first request to its end."""
    _beside.append(run)


def begin_beside_requests() -> None:
    """Have every web process run what was registered.

    From its first request on, for a thread of the process that loads the site does not
    outlive the fork of its workers; a health check asks each within seconds.
    """
    request_started.connect(_begin_here)


def _begin_here(**_: object) -> None:
    if os.getpid() in _begun_in:
        return
    _begun_in.add(os.getpid())
    for run in _beside:
        threading.Thread(target=run, daemon=True).start()


def keep_what_is_loaded() -> None:
    """Load every address with what is behind it, and take all that out of the collector's sight.

    A full collection walks every object there is: of Django and our modules a
    hundred and fifty thousand, for which one page in fifteen waited 70 ms. They
    live as long as the process. Before a fork it also leaves their memory shared
    (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    assert get_resolver().url_patterns, "the site has addresses"
    gc.collect()
    gc.freeze()
