"""The kinds of job of this room."""

from campaigns.jobs.services.registry import register
from submissions.review.services.bulk_verdicts import BULK_VERDICT

register(BULK_VERDICT)
