"""Who holds up the database, and a full disk, are seen on Operations."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection

from submissions.operations.services import blocking
from submissions.operations.services.blocking import blockers
from tests.submissions.operations.operators import OPERATIONS, operator
from tests.support.installation import wait_until


@contextmanager
def session(name: str) -> Iterator[psycopg.Connection]:
    """Open a session of somebody's program to the database of the tests."""
    to = connection.get_connection_params()
    known = {key: to[key] for key in ("dbname", "user", "password", "host", "port") if to.get(key)}
    with psycopg.connect(**known, application_name=name) as opened:
        try:
            yield opened
        finally:
            opened.rollback()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queues")
def test_a_transaction_that_others_wait_for_is_named_with_who_holds_it_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocking, "WAITS_AT_LEAST", "0 seconds")
    assert blockers() == []
    with session("weekly-report") as report, session("mirror") as mirror:
        report.execute("LOCK TABLE submissions_submission IN SHARE MODE")
        pid = report.info.backend_pid
        writing = threading.Thread(
            target=mirror.execute, args=["DELETE FROM submissions_submission WHERE false"]
        )
        writing.start()
        try:
            (found,) = wait_until(blockers, what="the report is seen to hold up the mirror")
            assert (found.pid, found.application, found.waiting) == (pid, "weekly-report", 1)
            assert found.state == "idle in transaction"
            monkeypatch.setattr(blocking, "WAITS_AT_LEAST", "1 hour")
            assert blockers() == [], "a short wait is everyday"
            monkeypatch.setattr(blocking, "IDLE_AT_LEAST", "0 seconds")
            assert [one.pid for one in blockers()] == [pid], "others rest while it stays open"
            page = operator().get(OPERATIONS).content.decode()
            assert f"Database session {pid} (weekly-report, idle in transaction)" in page
            report.execute("SELECT 1")
        finally:
            report.rollback()
            writing.join(10)
        mirror.rollback()
        report.execute("SELECT count(*) FROM submissions_submission")
        assert blockers() == [], "who only reads is in nobody's way"
    assert blockers() == []


@pytest.mark.django_db
@pytest.mark.usefixtures("queues")
def test_a_disk_that_is_nearly_full_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=100 << 20, total=10 << 30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    page = operator().get(OPERATIONS).content.decode()
    assert "The disk is nearly full" in page
    usage.free = 9 << 30
    assert "The disk is nearly full" not in operator().get(OPERATIONS).content.decode()
