"""Signs of life: a row for each process, and no row of the dead beside one of the living."""

import os
import threading
from datetime import timedelta

import pytest

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
