"""The site of ``bench.sign_in``: ours, and the same with Django's own way to check passwords.

``python -m bench.sign_in_site COUNT`` fills the database named by ``DATABASE_URL``
and prints the pages to ask for and a session per application, as JSON.
"""

# ruff: noqa: E402 - Django has to be set up before its models can be imported

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from campaignhub.startup import keep_what_is_loaded
from campaigns.accounts.models import User
from campaigns.accounts.tenancy import unscoped

PLAIN_BACKEND = "django.contrib.auth.backends.ModelBackend"
PLAIN_HASHER = "django.contrib.auth.hashers.Argon2PasswordHasher"

_application: Any = None


def ours(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve the site as it is."""
    return _served()(environ, start_response)


def plain(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve it with Django's own backend and hasher."""
    if settings.AUTHENTICATION_BACKENDS != [PLAIN_BACKEND]:
        settings.AUTHENTICATION_BACKENDS = [PLAIN_BACKEND]
        settings.PASSWORD_HASHERS = [PLAIN_HASHER]
    return _served()(environ, start_response)


def _served() -> Any:
    global _application
    if _application is None:
        _application = get_wsgi_application()
        keep_what_is_loaded()
    return _application


def _session(user: User, backend: str) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def main(count: int) -> None:
    """Fill, print."""
    # Only here: it registers a stock admin beside ours.
    from bench.desk_site import Crowd, make_staff
    from submissions.mirror.models import Submission

    call_command("migrate", verbosity=0, interactive=False)
    user, campaigns = make_staff()
    Crowd(count, campaigns).fill()
    waiting = Submission.objects.filter(status="pending_review").values_list("pk", flat=True)[:20]
    pages = [reverse("admin:submissions_submission_change", args=[pk]) for pk in waiting]
    pages.append(reverse("admin:submissions_submission_changelist"))
    sessions = {
        "ours": _session(user, settings.AUTHENTICATION_BACKENDS[0]),
        "plain": _session(user, PLAIN_BACKEND),
    }
    print(json.dumps({"pages": pages, "sessions": sessions}))


if __name__ == "__main__":
    with unscoped("a benchmark fills the database of all clients"):
        main(int(sys.argv[1]))
