"""What runs by the clock for block lists."""

from typing import Any

from celery import shared_task

from campaigns.access.services import blocks
from campaigns.accounts.tenancy import unscoped


@shared_task(name="access.propagate_block_lists")
@unscoped("the clock writes every client's block list")
def propagate_block_lists() -> None:
    """Write the block lists that the submissions table still lacks."""
    blocks.propagate_due_block_lists()


TIMETABLE: dict[str, dict[str, Any]] = {
    "propagate-block-lists": {"task": "access.propagate_block_lists", "schedule": 10.0},
}
