"""The form that people write first, as the peer: ModelForm, ImageField, SQLite, local disk, gunicorn x 4.

One file, because it is a foil and not a pattern: Django configured by hand,
the model in an app of its own name, one view.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bench.load import Request

DIRECTORY = os.environ.get("PLAIN_FORM_DIR", "")


def _configure() -> None:
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="plain",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{DIRECTORY}/db.sqlite3",
                "OPTIONS": {"timeout": 60, "init_command": "PRAGMA journal_mode=WAL;"},
            }
        },
        MEDIA_ROOT=f"{DIRECTORY}/media",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


if DIRECTORY:
    _configure()

    from django import forms
    from django.db import connection, models
    from django.http import HttpRequest, JsonResponse
    from django.urls import path

    class Entry(models.Model):
        first_name = models.CharField(max_length=100)
        email = models.EmailField()
        receipt = models.ImageField(upload_to="receipts/")
        created_at = models.DateTimeField(auto_now_add=True)

        class Meta:
            app_label = "plain_form"

        def __str__(self) -> str:
            return self.email

    class EntryForm(forms.ModelForm):
        class Meta:
            model = Entry
            fields = ("first_name", "email", "receipt")

    def enter(request: HttpRequest) -> JsonResponse:
        form = EntryForm(request.POST, request.FILES)
        if not form.is_valid():
            return JsonResponse(form.errors, status=400)
        form.save()
        return JsonResponse({"status": "received"}, status=202)

    urlpatterns = [path("enter", enter)]


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve the form under gunicorn."""
    return _handler()(environ, start_response)


@cache
def _handler() -> Any:
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def create_table() -> None:
    """Make the one table."""
    with connection.schema_editor() as editor:
        editor.create_model(Entry)


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Serve the plain form on a free port; yields its address."""
    with tempfile.TemporaryDirectory() as directory, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {**os.environ, "PLAIN_FORM_DIR": directory}
        subprocess.run(
            [sys.executable, "-c", "from bench import plain_form; plain_form.create_table()"],
            env=environment,
            check=True,
        )
        gunicorn = Path(sys.executable).with_name("gunicorn")
        server = subprocess.Popen(
            [
                gunicorn,
                "-w",
                "4",
                "-b",
                f"127.0.0.1:{port}",
                "--log-level",
                "error",
                "bench.plain_form:application",
            ],
            env=environment,
        )
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/enter"
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The plain form did not start within 20 seconds.")


def entry(address: str) -> Callable[[int], Request]:
    """Return what makes the n-th entry: a form with a receipt of 98 KB, as a phone sends it."""
    from tests.support.receipts import receipt_bytes  # not in the server's processes

    photo = receipt_bytes(1, width=1100, height=1880)

    def make(number: int) -> Request:
        content_type, body = multipart(number, photo)
        return Request(address, body, content_type)

    return make


def multipart(number: int, photo: bytes) -> tuple[str, bytes]:
    """Return content type and body of one entry with its photo."""
    boundary = "plainformboundary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("first_name", "Ada"), ("email", f"ada{number}@example.org"))
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="receipt"; filename="r.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body
