"""A function is updated as on AWS: a call ends on the version that it began on, and nothing else waits for it.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

The emulator ends the processes of a function that it updates, those at work too, and
waits up to two seconds for their end on the thread that answers everything. A process
at work waits for an answer meanwhile, so each update stopped every service for five
or six seconds, and cut calls off.
"""

import threading
from collections.abc import Sequence
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc


def replace_workers(
    name: str, qualifier: str | None = None, account: str | None = None, region: str | None = None
) -> None:
    """Take a function's processes out of its pool; end those that are idle, and the others after their call.

    What is not given is any.
    """
    with lambda_runtime._lock:
        pools = [
            key for key in lambda_runtime._workers if _is_of(key, account, region, name, qualifier)
        ]
        replaced = [worker for key in pools for worker in lambda_runtime._workers.pop(key)]
        for worker in replaced:
            worker.is_replaced = True
        idle = [worker for worker in replaced if not worker.in_use]
    _end(idle)


def release_worker(worker: Any) -> None:
    """Give a process back to its pool, or end it where its function was updated meanwhile."""
    if worker is None:
        return
    with lambda_runtime._lock:
        worker.in_use = False
    if getattr(worker, "is_replaced", False):
        _end([worker])


def _is_of(key: str, *wanted: str | None) -> bool:
    """Tell whether a pool is meant: its key is account, region, function and version."""
    parts = zip(key.split(":"), wanted, strict=True)
    return all(asked is None or asked == part for part, asked in parts)


def _end(workers: Sequence[Any]) -> None:
    threading.Thread(target=lambda_runtime.kill_workers, args=(workers,), daemon=True).start()


def complete() -> None:
    """Put both into the emulator."""
    for module in (lambda_runtime, lambda_svc):
        module.invalidate_worker = replace_workers
        module.release_worker = release_worker
