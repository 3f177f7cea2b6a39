"""Signs of life: a row for each process, and no row of the dead beside one of the living."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from campaignhub.env import ROOT
from submissions.intake.batches import Message
from submissions.intake.drains import QueueDrain
from submissions.intake.models import Heartbeat
from submissions.intake.services.heartbeats import (
    REMEMBERED,
    STANDS_SECONDS,
    SUCCEEDED,
    Turns,
    beat,
    beat_until_the_end,
    end_beat,
    sweep,
)
from tests.submissions.factories import NOON
from tests.support.installation import wait_until

pytestmark = pytest.mark.django_db


def test_a_sign_of_life_is_one_row_a_part_of_a_process():
    for minutes, handled in ((0, 1), (1, 5)):
        beat("mirror", at=NOON + timedelta(minutes=minutes), handled=handled)
    beat("mirror", at=NOON, number=2)
    first, second = Heartbeat.objects.all()
    assert (first.handled, first.since, first.at) == (5, NOON, NOON + timedelta(minutes=1))
    assert first.pk.endswith(f":{os.getpid()}")
    assert second.number == 2


def test_trouble_is_shown_and_gone_with_the_next_round_that_went_well():
    beat("mirror", at=NOON, last_error="EndpointConnectionError")
    assert Heartbeat.objects.get().last_error == "EndpointConnectionError"
    beat("mirror", at=NOON)
    assert Heartbeat.objects.get().last_error == ""


def test_one_that_stops_in_order_leaves_no_row():
    beat("clock", at=NOON)
    end_beat("clock")
    end_beat("clock")
    assert not Heartbeat.objects.exists()


def test_the_dead_with_a_successor_are_swept_and_the_last_of_a_kind_stays_a_week():
    for pk, kind, at in (
        ("old", "mirror", NOON - SUCCEEDED),
        ("new", "mirror", NOON),
        ("last", "clock", NOON - SUCCEEDED),
        ("forgotten", "web", NOON - REMEMBERED),
    ):
        Heartbeat.objects.create(pk=pk, kind=kind, host="here", pid=1, since=at, at=at)
    assert sweep(at=NOON) == 2
    assert sweep(at=NOON) == 0
    assert set(Heartbeat.objects.values_list("pk", flat=True)) == {"new", "last"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_web_process_reports_from_its_first_request_on():
    stopped = threading.Event()
    thread = threading.Thread(target=beat_until_the_end, args=("web",), kwargs={"stopped": stopped})
    thread.start()
    try:
        wait_until(Heartbeat.objects.filter(kind="web").exists, what="a heartbeat")
    finally:
        stopped.set()
        thread.join(20)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_process_whose_loop_stands_reports_no_more() -> None:
    stopped, turns, asked = threading.Event(), Turns(), []

    def lives() -> bool:
        asked.append(turns.go_on())
        return asked[-1]

    turns._at -= STANDS_SECONDS
    thread = threading.Thread(
        target=beat_until_the_end, args=("worker",), kwargs={"stopped": stopped, "lives": lives}
    )
    thread.start()
    wait_until(lambda: asked, what="it was asked whether the loop turns")
    stopped.set()
    thread.join(20)
    assert asked == [False]
    assert not Heartbeat.objects.exists()
    turns.note()
    assert turns.go_on()


def test_a_worker_that_hangs_at_its_end_is_ended_and_reports_nothing_meanwhile(
    tmp_path: Path,
) -> None:
    """As Celery does that waits for a process of its pool after an error of its own."""
    program = """
import atexit, threading, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from submissions.intake import apps
from submissions.intake.models import Heartbeat
from submissions.intake.services import heartbeats

def hang():
    print("left", not Heartbeat.objects.exists(), flush=True)
    threading.Event().wait()

atexit.register(hang)  # before that of the signs of life, so behind it
heartbeats.EVERY_SECONDS = 0.05
apps.END_SECONDS = 1
threading.Thread(target=apps._beat_and_end, args=("worker jobs", lambda: True), daemon=True).start()
while not Heartbeat.objects.exists():
    time.sleep(0.01)
print("lives", flush=True)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "campaignhub.settings",
            "CAMPAIGNHUB_ENV_FILE": "",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db'}",
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.stdout.split() == ["lives", "left", "True"], ended.stderr
    assert ended.returncode == 1
    assert "hangs at its end" in ended.stderr


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "ReceiveMessage")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "level", "said"),
    [
        (refusal("AWS.SimpleQueueService.NonExistentQueue"), "ERROR", "no queue at its address"),
        (refusal("QueueDoesNotExist"), "ERROR", "no queue at its address"),
        (refusal("AccessDenied"), "ERROR", "may not read"),
        (refusal("ServiceUnavailable"), "WARNING", "ClientError"),
        (EndpointConnectionError(endpoint_url="x"), "WARNING", "EndpointConnectionError"),
    ],
    ids=str,
)
def test_a_queue_that_does_not_come_back_by_itself_is_an_error_in_words(
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    level: str,
    said: str,
) -> None:
    monkeypatch.setattr(QueueDrain, "_say_goodbye", lambda _drain: None)

    class Drain(QueueDrain):
        label = "mirror"

        def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
            return messages

        def drain_once(self, *, wait_seconds: int = 0) -> int:
            self.stop()
            raise error

    Drain("https://sqs.example/mistyped").run()
    (line,) = [one for one in caplog.records if one.name == "campaignhub.clock.status"]
    assert line.levelname == level
    assert said in line.getMessage()
    assert said in Heartbeat.objects.get().last_error
