"""The Celery app: two workers, one for mail and one for jobs. Its timetable is the clock's (:mod:`campaignhub.clock`)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

# A message that is no task: see there.
TRANSPORT_ALIASES["sqs"] = "campaignhub.task_queue:Transport"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")

app = Celery("campaignhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
