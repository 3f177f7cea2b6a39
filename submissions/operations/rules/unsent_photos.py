"""Until when a photo that no submission names may still be named by one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from ingest_lambda.contract import SUBMIT_SECONDS, UNSENT_KEPT

LONGEST_ASKED = timedelta(hours=336)
"""The most that a campaign gives for a second photo (``Manifest.resubmit_within_hours``)."""
_RESOLUTION = timedelta(milliseconds=1)
"""Of the time in an id."""
_SUBMIT = timedelta(seconds=SUBMIT_SECONDS)


def started_at(submission_id: UUID) -> datetime | None:
    """Return when a submission was started, as its id says (RFC 9562, version 7)."""
    if submission_id.version != 7:
        return None
    return datetime.fromtimestamp((submission_id.int >> 80) / 1000, UTC)


def id_of(at: datetime) -> UUID:
    """Return the lowest id of a submission that was started at ``at``."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def token_ends(
    submission_id: UUID, attempt: int, *, came_at: datetime, asked_until: datetime | None
) -> datetime:
    """Return when the last token ends that an attempt's photo may be sent with.

    A day after the start; of a second photo when the time for it is over
    (``asked_until``). Where neither is known, as late as it can be: a token was
    good when the photo came (``came_at``).
    """
    if attempt == 1:
        return (started_at(submission_id) or came_at) + _SUBMIT
    return asked_until or came_at + LONGEST_ASKED


def begun_before(at: datetime) -> UUID:
    """Return the id below which every first attempt is due to be swept at ``at``."""
    return id_of(at - UNSENT_KEPT - _SUBMIT + _RESOLUTION)
