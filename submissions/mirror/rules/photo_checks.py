"""Which submissions count, or were refused, before anything is known of their photos."""

from collections.abc import Collection

from ingest_lambda.contract import LimitScope, Reason, ReasonCode, SubmissionStatus

COUNTS_UNSEEN = frozenset({SubmissionStatus.RECEIVED, SubmissionStatus.APPROVED})
"""Where a submission counts, or would, without a person having looked at it."""


def is_for_anothers_photo(reasons: Collection[Reason]) -> bool:
    """Tell whether a refusal rests on nothing but the photos that other entries announced.

    Who knows a file's hash can announce it first, and never send the file. (The
    same file twice in one submission is another matter; that reason names its field.)
    """
    return bool(reasons) and all(
        reason.field is None
        and (reason.code is ReasonCode.RECEIPT_USED or is_receipt_limit(reason.limit or ""))
        for reason in reasons
    )


def is_receipt_limit(name: str) -> bool:
    """Tell whether a limit counts receipts, by its name (``campaigns.setup.models.Limit.name``)."""
    return name.startswith(f"{LimitScope.RECEIPT}_")
