"""Pages for what fails before it is known who asks. Django's own want a session, which may not be there yet."""

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
)
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 5
_SQLITE_PASSES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_POSTGRES_PASSES = ("08", "40", "53", "55P03", "57")
"""SQLSTATEs, by their first characters: connection, conflict, resources, lock not available, cancelled or shut down."""


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:  # noqa: ARG001 - Django calls it so
    """Answer 400: another host than ours, too many fields, a character that no database takes."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, with words of ours and nothing of the inside; 503 where the database was busy or away.

    That one passes by itself, so its page says to try again, with a link where nothing was sent.
    """
    if not _passes(sys.exception()):
        return HttpResponseServerError(render_to_string("500.html"))
    is_read = request.method in ("GET", "HEAD")
    again = request.get_full_path() if is_read else ""
    answer = HttpResponse(render_to_string("503.html", {"again": again}), status=503)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def _passes(error: BaseException | None) -> bool:
    """Tell whether an error says that the database is busy, was locked for too long, or is away."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # Its extended codes keep the plain one in their last byte.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_PASSES
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(_POSTGRES_PASSES)
