"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from campaignhub.aws import answer_people
from campaignhub.startup import begin_beside_requests, keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")
answer_people()
application = get_wsgi_application()
keep_what_is_loaded()
begin_beside_requests()
