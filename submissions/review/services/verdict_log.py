"""What is written down of a verdict: the review, which nobody changes, and the line of the history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from campaigns.accounts.models import User
from ingest_lambda.contract import Suspicion
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.review.models import Review


def write_down(
    submission: Submission,
    *,
    number: int,
    attempt: int,
    verdict: str,
    reasons: Sequence[dict[str, Any]],
    note: str,
    actor: User | None,
    decided_at: datetime,
    at: datetime,
    suspicions: Sequence[Suspicion] = (),
) -> None:
    """Keep a verdict under its number; ``at`` is when it got that, mostly when it was decided."""
    Review.objects.create(
        submission=submission,
        decision_no=number,
        attempt=attempt,
        verdict=verdict,
        reasons=reasons,
        note=note,
        actor=actor,
        at=decided_at,
    )
    SubmissionEvent.objects.create(
        submission_id=submission.pk,
        kind="decided",
        dedupe=f"decided:{number}",
        at=at,
        actor=actor,
        detail={
            "verdict": verdict,
            "reasons": [reason["code"] for reason in reasons],
            **({"suspicions": list(suspicions)} if suspicions else {}),
        },
    )
