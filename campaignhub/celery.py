"""The Celery app and its timetable."""

import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, import_modules
from django.apps import apps

from campaignhub.clock import TIMETABLE
from campaignhub.parent_process import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")

app = Celery("campaignhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect
def _add_steps(**_: Any) -> None:
    """Give the worker the steps that apps keep as ``WORKER_STEPS`` in their module ``consumers``."""
    for module in _modules_of_apps("consumers"):
        app.steps["worker"].update(getattr(module, "WORKER_STEPS", ()))


@app.on_after_finalize.connect
def _read_the_timetable(sender: Celery, **_: Any) -> None:
    """Take what apps say of their tasks (:mod:`campaignhub.clock`), once all of these are imported."""
    for _module in _modules_of_apps("tasks"):
        pass
    sender.conf.beat_schedule = TIMETABLE


def _modules_of_apps(name: str) -> Iterator[ModuleType]:
    """Import the modules of this name that installed apps have."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.{name}"):
            yield import_module(f"{config.name}.{name}")


@beat_embedded_init.connect
def _end_with_the_worker(**_: Any) -> None:
    """Let the timetable, a process that the worker forks, outlive no worker that was killed or fell."""
    if ask_kernel := end_with_parent():
        ask_kernel()
