"""What runs by the clock for campaigns that are published."""

from django.utils import timezone

from campaignhub import ingest
from campaignhub.clock.rounds import clock_round
from campaignhub.clock.turns import Away, Turn
from campaigns.accounts.tenancy import unscoped
from campaigns.publishing.services import lifecycle, propagate


@clock_round(every=1, budget=10)
@unscoped("the clock moves every client's campaigns")
def move_due(turn: Turn) -> None:
    """Open and close the campaigns whose time has come. It asks the database and nothing else."""
    lifecycle.due_moves(timezone.now(), turn)


@clock_round(every=2, budget=30)
@unscoped("the clock carries every client's campaigns")
def propagate_due(turn: Turn) -> None:
    """Carry to table and site host what they lack of campaigns."""
    propagate.propagate_due(timezone.now(), turn)


@clock_round(every=60, budget=10)
def announce_token_keys(_turn: Turn) -> None:
    """Keep the names of the keys that sign tokens in the table; see :mod:`ingest_lambda.adapters.tokens`."""
    try:
        ingest.announce_token_keys()
    except ingest.IngestBusy as exc:
        raise Away("the submissions table is busy or away") from exc
