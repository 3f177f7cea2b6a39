"""Services are asked in parallel and waited for briefly; what hangs is shown with its last answer and its age."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.utils import timezone

from submissions.operations.models import Reading
from submissions.operations.services import readings
from submissions.operations.services.readings import FRESH, NO_ANSWER, Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    readings.forget_here()
    yield
    readings.forget_here()


@pytest.fixture
def hanging() -> Iterator[Source]:
    """A service that accepts and does not answer before the test ends."""
    over = threading.Event()
    yield Source("hangs", lambda: over.wait(30))
    over.set()


def _refuses() -> Any:
    raise EndpointConnectionError(endpoint_url="http://away")


def test_what_hangs_keeps_nobody_waiting_and_shows_its_last_answer(hanging: Source) -> None:
    earlier = timezone.now() - 3 * FRESH
    Reading.objects.create(name="hangs", value=7, answered_at=earlier, asked_at=earlier)
    begun = time.monotonic()
    found = readings.current(
        [hanging, Source("works", lambda: 3)], at=timezone.now(), wait_seconds=0.2
    )
    assert time.monotonic() - begun < 1
    assert (found["works"].value, found["works"].last_error) == (3, "")
    assert (found["hangs"].value, found["hangs"].answered_at) == (7, earlier)
    assert found["hangs"].last_error == NO_ANSWER


def test_what_hangs_is_not_asked_a_second_time() -> None:
    asked, over = [], threading.Event()

    def ask() -> bool:
        asked.append(1)
        return over.wait(30)

    for _ in range(3):
        readings.current([Source("hangs", ask)], at=timezone.now(), wait_seconds=0.01)
    over.set()
    assert len(asked) == 1


def test_a_young_answer_of_the_clock_is_shown_without_asking() -> None:
    now = timezone.now()
    Reading.objects.create(name="queue", value=7, answered_at=now, asked_at=now)
    assert readings.current([Source("queue", _refuses)], at=now)["queue"].value == 7
    assert readings.current([Source("queue", lambda: 8)], at=now + 2 * FRESH)["queue"].value == 8


def test_the_clock_keeps_answers_and_errors_for_all_and_drops_what_is_no_longer_asked() -> None:
    now = timezone.now()
    Reading.objects.create(name="queue of yesterday", value=1, asked_at=now)
    readings.ask_all([Source("queue", lambda: 7), Source("mail", _refuses)])
    kept = readings.kept()
    assert set(kept) == {"queue", "mail"}
    assert (kept["queue"].value, kept["queue"].last_error) == (7, "")
    assert (kept["mail"].answered_at, kept["mail"].last_error) == (None, "EndpointConnectionError")
    readings.ask_all([Source("queue", _refuses), Source("mail", dict)])
    kept = readings.kept()
    assert (kept["queue"].value, kept["queue"].last_error) == (7, "EndpointConnectionError")
    assert kept["mail"].last_error == ""


def test_after_an_act_everything_is_asked_anew() -> None:
    states = ["stopped", "running"]
    pipe = Source("pipe", lambda: states.pop(0))
    now = timezone.now()
    assert readings.current([pipe], at=now)["pipe"].value == "stopped"
    assert readings.current([pipe], at=now)["pipe"].value == "stopped"
    readings.forget()
    assert readings.current([pipe], at=now)["pipe"].value == "running"


def test_a_bug_in_a_question_is_named_and_spoils_no_other() -> None:
    found = readings.current(
        [Source("bug", lambda: dict[str, int]()["none"]), Source("works", lambda: 3)],
        at=timezone.now() + timedelta(hours=1),
    )
    assert found["bug"].last_error == "KeyError"
    assert found["works"].value == 3
