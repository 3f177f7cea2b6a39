"""The timetable: what is due of Celery's tasks is sent, once however many clocks run."""

from datetime import datetime

from celery.schedules import crontab
from django.utils import timezone

from campaignhub.clock.models import RoundState
from campaignhub.clock.rounds import TIMETABLE, ScheduledTask, clock_round
from campaignhub.clock.turns import Turn


@clock_round(every=1.0, budget=10.0)
def send_due_tasks(turn: Turn) -> None:
    """Send the tasks that are due.

    When each was last sent stands in its row, which is changed on condition before
    the task is sent: of two processes one sends it. Where the queue does not take
    it, the row is put back. One that is new waits for its first period to end.
    """
    rows = dict(RoundState.objects.filter(name__in=list(TIMETABLE)).values_list("name", "began_at"))
    for one in TIMETABLE.values():
        if turn.is_over():
            return
        now = timezone.now()
        if (before := rows.get(one.name)) is None:
            RoundState.objects.update_or_create(name=one.name, defaults={"began_at": now})
        if before is None or not is_due(one, before, now):
            continue
        row = RoundState.objects.filter(name=one.name)
        if not row.filter(began_at=before).update(began_at=now):
            continue  # another clock has sent it
        try:
            one.task.apply_async(queue=one.queue, expires=one.expires_seconds, retry=False)
        except BaseException:
            row.filter(began_at=now).update(began_at=before)
            raise


def is_due(one: ScheduledTask, before: datetime, now: datetime) -> bool:
    """Tell whether a task that was last sent at ``before`` is due."""
    if isinstance(one.schedule, crontab):
        return bool(one.schedule.is_due(before).is_due)
    return (now - before).total_seconds() >= one.schedule
