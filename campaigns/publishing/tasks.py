"""What runs by the clock for campaigns that are published."""

from django.utils import timezone

from campaignhub import ingest
from campaignhub.clock import every
from campaigns.accounts.tenancy import unscoped
from campaigns.publishing.services import lifecycle, propagate


@every(10.0)
@unscoped("the clock moves every client's campaigns")
def move_due() -> None:
    """Open and close the campaigns whose time has come; carry whatever table or host still lack."""
    at = timezone.now()
    lifecycle.due_moves(at)
    propagate.propagate_due(at)


@every(60.0, expires=60)
def announce_token_keys() -> None:
    """Keep the names of the keys that sign tokens in the table; see :mod:`ingest_lambda.adapters.tokens`."""
    ingest.announce_token_keys()
