"""The Celery app: two workers, one for mail and one for jobs. Its timetable is the clock's (:mod:`campaignhub.clock`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")

app = Celery("campaignhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
