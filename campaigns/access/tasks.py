"""What runs by the clock for block lists."""

from campaignhub.clock.rounds import clock_round
from campaignhub.clock.turns import Turn
from campaigns.access.services import blocks
from campaigns.accounts.tenancy import unscoped


@clock_round(every=10, budget=20)
@unscoped("the clock writes every client's block list")
def propagate_block_lists(turn: Turn) -> None:
    """Write the block lists that the submissions table still lacks."""
    blocks.propagate_due_block_lists(turn)
