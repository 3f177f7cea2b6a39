"""The kinds of job of this room, and what of them operators may start from the list of jobs."""

from campaigns.jobs.services.registry import offer, register
from submissions.operations.services.backfill import BACKFILL, start_backfill
from submissions.operations.services.ledger_rounds import COMPARE_EVERYTHING
from submissions.operations.services.replays import REPLAY
from submissions.operations.services.test_data import DELETE_TEST_DATA

for kind in (BACKFILL, COMPARE_EVERYTHING, REPLAY, DELETE_TEST_DATA):
    register(kind)
offer(
    BACKFILL,
    "Rebuild this site from the table",
    "Reads the whole table and takes in what is missing here or older, after a backup was put back. "
    "No entrant gets an e-mail; what is here already stays as it is.",
    start_backfill,
)
