"""The Celery app: what runs by the clock exists, under the name of its room."""

from typing import Any

from campaignhub.celery import app


def timetable() -> dict[str, Any]:
    """Return what beat reads, once the worker has loaded its tasks."""
    app.loader.import_default_modules()
    app.finalize()
    lines: dict[str, Any] = app.conf.beat_schedule
    return lines


def test_every_line_of_the_timetable_names_a_task_that_exists():
    assert timetable()
    assert not {entry["task"] for entry in timetable().values()} - set(app.tasks)


def test_a_task_is_named_by_its_room_and_its_function_and_a_late_one_is_dropped():
    blocks = {"task": "access.propagate_block_lists", "schedule": 10.0}
    assert timetable()["access.propagate_block_lists"] == blocks
    assert timetable()["mail.deliver_mails"]["options"] == {"expires": 5}
    rooms = {"access", "accounts", "publishing", "intake", "mail", "review", "operations"}
    assert {name.partition(".")[0] for name in timetable()} == rooms
