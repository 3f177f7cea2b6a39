"""The Celery app and its timetable."""

import os
from importlib import import_module
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")

app = Celery("campaignhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def _read_the_timetable(sender: Celery, **_: Any) -> None:
    """Join the timetables that each app keeps beside its tasks."""
    schedule: dict[str, Any] = {}
    for name in ("campaigns", "submissions"):
        schedule.update(import_module(f"{name}.tasks").TIMETABLE)
    sender.conf.beat_schedule = schedule
