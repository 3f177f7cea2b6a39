"""What runs by the clock for block lists."""

from campaignhub.clock import every
from campaigns.access.services import blocks
from campaigns.accounts.tenancy import unscoped


@every(10.0)
@unscoped("the clock writes every client's block list")
def propagate_block_lists() -> None:
    """Write the block lists that the submissions table still lacks."""
    blocks.propagate_due_block_lists()
