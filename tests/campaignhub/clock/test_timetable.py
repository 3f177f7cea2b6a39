"""The timetable: a due task is sent once, and again where the queue did not take it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaignhub.clock import timetable
from campaignhub.clock.models import RoundState
from campaignhub.clock.rounds import ScheduledTask
from campaignhub.clock.turns import UNLIMITED, Turn

pytestmark = pytest.mark.django_db


class Sent(list[dict[str, Any]]):
    """The tasks that a queue took; ``away`` lets it take none."""

    away = False

    def apply_async(self, **options: Any) -> None:
        if self.away:
            raise OperationalError
        self.append(options)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    taken = Sent()
    every_minute = ScheduledTask("mail.send", taken, "mail", 60, 30)
    monkeypatch.setattr(timetable, "TIMETABLE", {"mail.send": every_minute})
    return taken


def was_sent(ago: float) -> None:
    began = timezone.now() - timedelta(seconds=ago)
    RoundState.objects.update_or_create(name="mail.send", defaults={"began_at": began})


def test_a_new_task_waits_for_its_first_period_to_end(sent: Sent):
    for _ in range(2):
        timetable.send_due_tasks(UNLIMITED)
    assert sent == []
    was_sent(60)
    for _ in range(2):
        timetable.send_due_tasks(UNLIMITED)
    assert sent == [{"queue": "mail", "expires": 30, "retry": False}]


def test_after_a_downtime_it_is_sent_once_and_not_for_every_period(sent: Sent):
    was_sent(86_400)
    for _ in range(3):
        timetable.send_due_tasks(UNLIMITED)
    assert len(sent) == 1


def test_what_the_queue_did_not_take_is_sent_by_the_next_turn(sent: Sent):
    was_sent(61)
    sent.away = True
    with pytest.raises(OperationalError):
        timetable.send_due_tasks(UNLIMITED)
    sent.away = False
    timetable.send_due_tasks(UNLIMITED)
    assert len(sent) == 1


def test_a_turn_that_is_over_sends_nothing(sent: Sent):
    was_sent(61)
    timetable.send_due_tasks(Turn(0))
    assert sent == []


def test_a_crontab_is_due_when_its_minute_has_come():
    hourly = ScheduledTask("a.b", None, "jobs", crontab(minute="7"), 60)
    seven = timezone.now().replace(minute=7, second=0, microsecond=0)
    assert timetable.is_due(hourly, seven - timedelta(hours=2), datetime.now(UTC))
    assert not timetable.is_due(hourly, timezone.now(), datetime.now(UTC))
