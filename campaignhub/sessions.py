"""Sessions in the database; one in which nobody has signed in ends within the hour."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

ANONYMOUS_SECONDS = 3600
"""How long a sign-in page may stay open. Each visit of it makes a session for its form's secret."""


class SessionStore(db.SessionStore):
    """Keep the sessions of staff for a working day, and what a passer-by left for an hour."""

    def get_session_cookie_age(self) -> int:
        """Return how long this session may lie unused, in seconds."""
        return settings.SESSION_COOKIE_AGE if SESSION_KEY in self else ANONYMOUS_SECONDS
