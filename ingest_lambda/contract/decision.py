"""A decision on its way from Django to the table."""

from uuid import UUID

from pydantic import Field

from ingest_lambda.contract.names import Name
from ingest_lambda.contract.reasons import Reason
from ingest_lambda.contract.shape import Instant, Shape
from ingest_lambda.contract.words import SubmissionStatus


class Decision(Shape):
    """A verdict with its number: a higher number replaces it, a lower or equal one changes nothing.

    ``gives_back`` allows a rejection to free limits and guards. Each limit decides
    whether it is freed, which the table notes when the slot is taken; a rejection
    for a duplicate or an altered receipt frees none.
    """

    submission_id: UUID
    decision_no: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)
    """The attempt that was decided on."""
    status: SubmissionStatus
    reasons: tuple[Reason, ...] = ()
    decided_at: Instant
    resubmit_until: Instant | None = None
    decide_by: Instant | None = None
    """When the next verdict is promised, where this one puts the submission back into the queue."""
    gives_back: bool = False
    keeps_prizes: tuple[Name, ...] = ()
    """Prizes that the winner has claimed: if the submission is revoked, their units stay out of the stock."""
