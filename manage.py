#!/usr/bin/env python
"""Run CampaignHub's commands."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db.utils import DatabaseError

from campaignhub.errors import DomainError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")
    try:
        execute_from_command_line(sys.argv)
    except DomainError as refused:
        sys.exit(refused.message)
    except DatabaseError as error:
        from campaignhub.database_faults import sentence_of

        if not (said := sentence_of(error)):
            raise
        sys.exit(said)
