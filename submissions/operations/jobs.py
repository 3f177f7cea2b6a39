"""The kinds of job of this room, and what of them operators may start from the list of jobs."""

from campaigns.jobs.services.registry import offer, register
from submissions.operations.services.backfill import BACKFILL, start_backfill
from submissions.operations.services.comparisons import (
    COMPARE_DAY,
    REPAIR_TABLE,
    start_comparison,
    start_repair,
)
from submissions.operations.services.ledger_rounds import COMPARE_EVERYTHING, ask_for_round
from submissions.operations.services.replays import REPLAY
from submissions.operations.services.test_data import DELETE_TEST_DATA

for kind in (BACKFILL, COMPARE_DAY, COMPARE_EVERYTHING, REPAIR_TABLE, REPLAY, DELETE_TEST_DATA):
    register(kind)
offer(
    BACKFILL,
    "Rebuild this site from the table",
    "Reads the whole table and takes in what is missing here or older, after a backup was put back. "
    "No entrant gets an e-mail; what is here already stays as it is.",
    start_backfill,
)
offer(
    COMPARE_DAY,
    "Compare the last day",
    "Holds every hour of entry of the last day against the table, and brings here what is missing.",
    start_comparison,
)
offer(
    COMPARE_EVERYTHING,
    "Compare everything",
    "Goes through every entry, photo, message and prize of the table, and brings here what is missing.",
    lambda actor, at: ask_for_round(actor=actor, at=at),
)
offer(
    REPAIR_TABLE,
    "Put back into the table what it lacks",
    "For a table that was restored from a backup: what this site has and the table lacks is written "
    "there. Publish everything again first, and compare everything afterwards.",
    start_repair,
)
