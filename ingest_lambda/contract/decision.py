"""A decision on its way from Django to the table."""

from uuid import UUID

from pydantic import Field

from ingest_lambda.contract.reasons import Reason
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.words import SubmissionStatus


class Decision(Shape):
    """A verdict with its number; a later number wins, an older one changes nothing.

    ``gives_back`` says whether a rejection may free limits and guards at all.
    Which of them it frees is each limit's own choice, noted in the table when
    the slot was taken; for duplicates and altered receipts it frees none.
    """

    submission_id: UUID
    decision_no: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)
    """The attempt that was looked at."""
    status: SubmissionStatus
    reasons: tuple[Reason, ...] = ()
    decided_at: Instant
    resubmit_until: Instant | None = None
    gives_back: bool = False
