#!/usr/bin/env python
"""Run CampaignHub's commands."""

import os
import re
import sys

from django.core.management import execute_from_command_line
from django.db.utils import DatabaseError

from campaignhub.errors import DomainError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaignhub.settings")
    if re.search("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "".join(sys.argv)):
        # Half a pair is how a byte that is no UTF-8 gets here, and no database takes one.
        sys.exit("An argument holds what is no character. Give it in UTF-8.")
    try:
        execute_from_command_line(sys.argv)
    except DomainError as refused:
        sys.exit(refused.message)
    except DatabaseError as error:
        from campaignhub.database_faults import sentence_of

        if not (said := sentence_of(error)):
            raise
        sys.exit(said)
