"""Whether the caller of a request is still there: a poll whose caller has died must take nothing.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

The emulator goes on with a long poll after its connection has closed, and hands the next
message to nobody: hidden for the visibility of its queue, ten minutes for the tasks of
Celery, and with one receive less.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]
_request: ContextVar[Any] = ContextVar("request", default=None)


def noting_callers(app: Application) -> Application:
    """Return the application, which knows from here on whose request it answers."""

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        # uvicorn's cycle of one request and its answer.
        _request.set(getattr(receive, "__self__", None))
        await app(scope, receive, send)

    return noting


def caller_is_gone() -> bool:
    """Tell whether the connection of the request at hand is closed; without a request nobody is gone."""
    return bool(getattr(_request.get(), "disconnected", False))
