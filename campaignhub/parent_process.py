"""A child process ends when its parent does, even if the parent was killed."""

import ctypes
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def end_with_parent() -> Callable[[], None] | None:
    """Return what a process calls to get SIGTERM when its parent dies; ``None`` where no kernel does so."""
    if not sys.platform.startswith("linux"):
        return None
    # Loaded here: between fork and exec nothing may be imported or allocated that could lock.
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask_kernel
