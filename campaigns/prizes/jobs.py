"""The kinds of job of this room."""

from campaigns.jobs.services.registry import register
from campaigns.prizes.services.codes import IMPORT, MAKE

register(IMPORT)
register(MAKE)
