"""The scope: the clients whose rows the code that runs now may touch.

It is a context variable, so each thread and each asynchronous task has one of
its own, and a new thread has none: what forgets to say a scope fails instead of
showing rows of another client.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any


class OutsideScope(Exception):
    """Code touched rows of clients without a scope, or a row of a client outside it: a bug."""


class Scope:
    """The clients of one entry point; ``read`` is asked at the first row, so a page without rows asks nothing."""

    def __init__(self, read: Callable[[], Collection[int] | None]) -> None:
        self._read = read
        self._known: dict[type, set[Any]] = {}

    @cached_property
    def client_ids(self) -> frozenset[int] | None:
        """The ids of the clients; ``None`` for every client, also those to come."""
        ids = self._read()
        return None if ids is None else frozenset(ids)

    def note_known(self, model: type, keys: Iterable[Any]) -> None:
        """Keep the keys of rows that were read within the scope: they lie within it."""
        if self.client_ids is not None:
            self._known.setdefault(model, set()).update(keys)

    def knows(self, model: type, keys: Collection[Any]) -> bool:
        """Tell whether rows of all these keys are known to lie within the scope."""
        return set(keys) <= self._known.get(model, set())


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """Return the scope of the code that runs now.

    Raises:
        OutsideScope: the entry point said none.
    """
    found = _current.get()
    if found is None:
        raise OutsideScope(
            "Rows of clients are touched outside a scope. A request of staff has one by itself; "
            "any other entry point says scope(client_ids), or unscoped(reason)."
        )
    return found


@contextmanager
def enter(wanted: Scope) -> Iterator[Scope]:
    """Let the code inside touch the rows of ``wanted`` only."""
    token = _current.set(wanted)
    try:
        yield wanted
    finally:
        _current.reset(token)


def scope(client_ids: Collection[int]) -> AbstractContextManager[Scope]:
    """Confine the code inside to the rows of these clients."""
    return enter(Scope(lambda: client_ids))


@contextmanager
def unscoped(reason: str) -> Iterator[Scope]:
    """Let the code inside touch the rows of every client; also a decorator, for tasks.

    ``reason`` says why no client confines it. Only modules in the list of
    ``tests/campaigns/accounts/tenancy/test_unscoped.py`` may ask for it.
    """
    if not reason.strip():
        raise ValueError("Say why every client's rows are needed.")
    with enter(Scope(lambda: None)) as everything:
        yield everything
