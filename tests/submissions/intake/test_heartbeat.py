"""Signs of life: a row for each process, and no row of the dead beside one of the living."""

import os
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from submissions.intake.drains import Message, QueueDrain
from submissions.intake.models import Heartbeat
from submissions.intake.services.heartbeats import (
    REMEMBERED,
    SUCCEEDED,
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
