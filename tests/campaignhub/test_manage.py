"""A command that can't begin says why in one sentence, in every environment."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaignhub.env import ROOT

KEYS = "k1:" + "11" * 32
COMMANDS = (["pages", "update"], ["client_domain", "Northwind", "win.agency.test"], ["republish"])


def run(command: Sequence[str | bytes], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CAMPAIGNHUB_ENV_FILE": "", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def says(ran: subprocess.CompletedProcess[str], why: str) -> None:
    assert ran.returncode == 1
    assert why in ran.stderr
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_not_there_is_said(command: list[str], closed_port: int) -> None:
    url = f"postgres://u:hunter2@127.0.0.1:{closed_port}/site"
    ran = run(command, DATABASE_URL=url)
    says(ran, "The database can't be used: ")
    assert "DATABASE_URL" in ran.stderr
    assert "hunter2" not in ran.stderr


def test_a_database_without_tables_is_said_with_what_comes_first(tmp_path: Path) -> None:
    for command in COMMANDS:
        ran = run(command, DATABASE_URL=f"sqlite:///{tmp_path / 'db'}", TOKEN_KEYS=KEYS)
        says(ran, "manage.py migrate")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"no database" * 100)
    says(run(["pages", "update"], DATABASE_URL=f"sqlite:///{tmp_path / 'db'}"), "can't be used")


def test_a_fault_in_what_was_asked_keeps_its_traceback(tmp_path: Path) -> None:
    """It is a bug, and its lines are needed to mend it."""
    with sqlite3.connect(tmp_path / "db") as database:
        database.execute("CREATE TABLE django_migrations (id INTEGER)")
    ran = run(["pages", "update"], DATABASE_URL=f"sqlite:///{tmp_path / 'db'}")
    assert "Traceback" in ran.stderr
    assert "no such table" in ran.stderr


def test_a_file_of_settings_that_is_not_there_is_said(tmp_path: Path) -> None:
    says(run(["pages", "update"], CAMPAIGNHUB_ENV_FILE=str(tmp_path / "no.json")), "no such file")


def test_a_wrong_setting_is_said(tmp_path: Path) -> None:
    says(run(["pages", "update"], WEB_PORT="many"), "WEB_PORT must be a whole number")


@pytest.mark.parametrize("odd", [b"\xff", b"\x1b[31m", "\ufffe".encode()], ids=repr)
@pytest.mark.parametrize(
    "command", [["reconcile", "--campaign"], ["restore_table", "--entry"]], ids=repr
)
def test_an_argument_that_no_database_takes_is_refused_in_one_sentence(
    command: list[str], odd: bytes
) -> None:
    says(run([*command, odd]), "no character")
