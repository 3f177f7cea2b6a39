"""Rebuilding the mirror from the table: at once by a command, or by a job, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaignhub import ingest
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from submissions.intake.services.mirroring import mirror_records
from submissions.intake.services.repair import chunks

_WRITTEN_AT_ONCE = 200


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuilt mirror took in, and what it could not (by reason)."""

    taken: int
    refused: dict[str, int]


def backfill(*, at: datetime, progress: Any = None) -> Rebuilt:
    """Rebuild the mirror from the table: everything, of every campaign. No mail is sent.

    What is here already, in the same version or a newer one, stays as it is; so
    it may be broken off and begun again. Verdicts come back with their numbers
    and reasons; who gave them is in the audit log alone.

    Raises:
        IngestBusy: the table is busy or away.
    """
    taken, refused = 0, dict[str, int]()
    for chunk in chunks(ingest.all_records(), _WRITTEN_AT_ONCE):
        result = mirror_records(chunk, at=at, notify=False)
        taken += result.taken
        for _, why in result.refused:
            refused[why] = refused.get(why, 0) + 1
        if progress:
            progress(taken)
    return Rebuilt(taken, refused)


def start_backfill(actor: User, at: datetime) -> Job:
    """Start the job that rebuilds the mirror; of two, the first goes on."""
    return start(
        BACKFILL,
        title="Rebuild this site from the table",
        client=None,
        actor=actor,
        at=at,
        only_one="backfill",
    )


def _take_in_page(job: Job, at: datetime) -> Step:
    """Take in a page of the table; again after a kill it finds its rows here and leaves them."""
    records, position = ingest.records_after(job.cursor.get("position", ""), most=_WRITTEN_AT_ONCE)
    result = mirror_records(records, at=at, notify=False)
    counts = {"taken in": result.taken} if result.taken else {}
    for _, why in result.refused:
        counts[f"refused: {why}"] = counts.get(f"refused: {why}", 0) + 1
    return Step({"position": position}, done=len(records), counts=counts, is_last=not position)


def _sum_up(job: Job) -> str:
    refused = sum(count for word, count in job.counts.items() if word.startswith("refused"))
    told = f"{job.done} records of the table were gone through; {job.counts.get('taken in', 0)} were taken in."
    return f"{told} {refused} could not be." if refused else told


BACKFILL = Kind(
    name="operations.backfill",
    capability=Capability.OPERATIONS,
    step=_take_in_page,
    summary=_sum_up,
    unit=("record", "records"),
    in_transaction=False,
    passing=(ingest.IngestBusy,),
)
