"""A database that is busy for a moment is no fault of ours: its page says to try again, and nothing is saved halfway."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test.utils import override_settings
from django.urls import path

from campaignhub.urls import handler500 as handler500

pytestmark = pytest.mark.django_db
_FILE: list[Path] = []


def write(_request: HttpRequest) -> HttpResponse:
    known = {"ENGINE": "django.db.backends.sqlite3", "NAME": _FILE[0], "OPTIONS": {"timeout": 0}}
    busy = ConnectionHandler({"default": known})["default"]
    try:
        with busy.cursor() as cursor:
            cursor.execute("INSERT INTO notes VALUES ('typed')")
    finally:
        busy.close()
    return HttpResponse("saved")


def misspell(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM a_table_that_is_not_there")
    return HttpResponse("read")


def be_cancelled(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse("slept")


urlpatterns = [path("write/", write), path("misspell/", misspell), path("cancelled/", be_cancelled)]


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database that another process writes to, until it is rolled back."""
    _FILE[:] = [tmp_path / "busy.sqlite3"]
    with sqlite3.connect(_FILE[0], isolation_level=None) as other:
        other.execute("CREATE TABLE notes (words TEXT)")
        other.execute("BEGIN IMMEDIATE")
        yield other
    other.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with override_settings(ROOT_URLCONF=__name__):
        yield Browser(raise_request_exception=False)


def test_a_locked_database_is_a_page_that_says_to_try_again(
    browser: Browser, locked: sqlite3.Connection
) -> None:
    answer = browser.get("/write/?q=%22%3E%3Cb%3E")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert '<a href="/write/?q=%22%3E%3Cb%3E">Try again</a>' in answer.content.decode()
    sent = browser.post("/write/")
    assert sent.status_code == 503
    assert "no change was saved" in sent.content.decode()
    assert "<a " not in sent.content.decode(), "a link would not send it again"
    assert b"locked" not in answer.content + sent.content
    locked.execute("ROLLBACK")
    assert browser.post("/write/").content == b"saved"


def test_what_does_not_pass_by_itself_stays_a_fault_of_ours(browser: Browser) -> None:
    with transaction.atomic():
        answer = browser.get("/misspell/")
        transaction.set_rollback(True)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


@pytest.mark.postgres
def test_a_statement_that_is_cancelled_for_its_time_is_tried_again(browser: Browser) -> None:
    assert browser.get("/cancelled/").status_code == 503
