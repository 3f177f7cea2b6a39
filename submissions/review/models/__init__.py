"""The tables of decisions: verdicts, holds of the desk, the outbox."""

from submissions.review.models.holds import ReviewHold
from submissions.review.models.outbox import OutboxDecision
from submissions.review.models.verdicts import Review, ReviewPurpose

__all__ = ["OutboxDecision", "Review", "ReviewHold", "ReviewPurpose"]
