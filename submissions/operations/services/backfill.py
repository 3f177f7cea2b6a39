"""Rebuilding the mirror from the table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaignhub import ingest
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
