"""How many items a submission's transaction has: one bound for the publish check, publishing and the table."""

from collections.abc import Iterable

from ingest_lambda.contract.words import SOFT_SCOPES, LimitScope, WindowKind

MOST_PARTS = 100
"""What one TransactWriteItems takes (Amazon DynamoDB API Reference, TransactWriteItems)."""
MOST_ATTEMPTS = 2
"""The first attempt and one resubmission; after that a submission is approved or rejected."""


def parts_at_most(photos: int, limits: Iterable[tuple[str, str]]) -> int:
    """Return the most parts that any transaction of one submission has.

    ``photos`` is the most that its form takes as receipts, ``limits`` are pairs of
    scope and window. Beside the submission itself there are

    - two for every photo under a limit by receipt: a rejection gives back what both
      attempts have taken, and an earlier copy gives back one day and takes another;
    - two under another limit by day or week, for the earlier copy; else one;
    - none for a soft scope, which is counted outside of the transaction.
    """
    parts = 1
    for scope, window in limits:
        if scope in SOFT_SCOPES:
            continue
        if scope == LimitScope.RECEIPT:
            parts += MOST_ATTEMPTS * photos
        else:
            parts += 2 if window in (WindowKind.DAY, WindowKind.WEEK) else 1
    return parts


def prize_parts(prizes: int, limits: int) -> int:
    """Return the parts that so many prizes add, under so many limits on awards.

    Of each prize the unit, what makes it given and the award; of all together the one
    that waits while the campaign is paused.
    """
    return 3 * prizes + limits + 1 if prizes else 0
