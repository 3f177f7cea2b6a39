"""The Celery app: what runs by the clock exists."""

from campaignhub.celery import app


def test_every_line_of_the_timetable_names_a_task_that_exists():
    app.loader.import_default_modules()
    app.finalize()
    assert app.conf.beat_schedule
    missing = {entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks)
    assert not missing
