"""The Celery app and its timetable."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")

app = Celery("campaignhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _add_steps() -> None:
    from campaignhub.consumers import IngestStep, MirrorStep

    app.steps["worker"].update({MirrorStep, IngestStep})


_add_steps()


@app.on_after_finalize.connect
def _read_the_timetable(sender: Celery, **_: Any) -> None:
    """Join the timetables that each app keeps beside its tasks.

    A ``TIMETABLE`` is name → ``{"task": …, "schedule": …}``, as Celery's beat wants it.
    """
    schedule: dict[str, Any] = {}
    for module in (f"{config.name}.tasks" for config in apps.get_app_configs()):
        if find_spec(module):
            schedule.update(getattr(import_module(module), "TIMETABLE", {}))
    sender.conf.beat_schedule = schedule


@beat_embedded_init.connect
def _end_with_the_worker(**_: Any) -> None:
    """Let the timetable, a process that the worker forks, outlive no worker that was killed or fell."""
    from campaignhub.local_aws.processes import end_with_parent

    if tell_kernel := end_with_parent():
        tell_kernel()
