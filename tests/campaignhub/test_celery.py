"""What runs by the clock exists, under the name of its room, and in a queue that a worker reads."""

from django.conf import settings

from campaignhub.celery import app
from campaignhub.clock.management.commands.clock import load_rounds
from campaignhub.clock.rounds import ROUNDS, TIMETABLE


def test_every_line_of_the_timetable_is_a_task_that_a_worker_knows():
    app.loader.import_default_modules()
    app.finalize()
    load_rounds()
    assert TIMETABLE
    assert set(TIMETABLE) <= set(app.tasks)
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert {entry.queue for entry in TIMETABLE.values()} == queues


def test_a_round_is_named_by_its_room_and_its_function_and_a_late_task_is_dropped():
    load_rounds()
    assert ROUNDS["access.propagate_block_lists"].every_seconds == 10
    assert TIMETABLE["mail.deliver_mails"].expires_seconds == 60
    rooms = {"access", "accounts", "awards", "clock", "intake", "jobs", "mail", "operations"}
    rooms |= {"publishing", "review"}
    assert {name.partition(".")[0] for name in {**ROUNDS, **TIMETABLE}} == rooms


def test_every_task_ends_before_its_message_comes_back():
    for entry in TIMETABLE.values():
        assert entry.task.soft_time_limit < entry.task.time_limit < 600
