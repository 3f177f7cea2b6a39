"""Verdicts that the table has and we lost: what a backup that was put back leaves behind.

Numbers go on from where the backup ended, so the next verdict takes a number that
the table knows already, and the table rightly takes it for a repetition. The
person who decided now decided later: theirs gets a number behind what the table
has, and is carried again. What the comparison brings here before anybody
decides is no such case; ``mirror`` adopts it.
"""

from datetime import datetime

from django.db import transaction

from campaignhub import ingest
from campaigns.accounts.services import audit
from ingest_lambda.contract import Decision, SubmissionRecord
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.deciding import write_down

SUPERSEDED = "a later verdict goes instead"


def lost_here(row: OutboxDecision, decision: Decision) -> SubmissionRecord | None:
    """Return what the table has, if a verdict that is not ours stands there in the place of ``decision``.

    To be asked where the table refused ``decision`` for its number.

    Raises:
        IngestBusy: try again later.
    """
    stored = ingest.read_submission(row.submission_id)
    if stored is None:
        return None
    if stored.decision_no == decision.decision_no:
        return None if _verdict(stored) == _of(decision) else stored
    ours = Review.objects.filter(submission=row.submission_id, decision_no=stored.decision_no)
    return None if ours.exists() else stored


def _verdict(stored: SubmissionRecord) -> tuple[object, ...]:
    codes = [reason.code for reason in stored.decision_reasons]
    return stored.decision_status, stored.decided_attempt, codes


def _of(decision: Decision) -> tuple[object, ...]:
    return decision.status, decision.attempt, [reason.code for reason in decision.reasons]


@transaction.atomic
def number_anew(row: OutboxDecision, stored: SubmissionRecord, *, at: datetime) -> None:
    """Give the submission's last verdict a number behind the table's; an earlier one is let go."""
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("campaign__client")
        .get(pk=row.submission_id)
    )
    if submission.decision_no != row.decision_no:
        OutboxDecision.objects.filter(pk=row.pk).update(
            carried_at=at, leased_until=None, trouble=SUPERSEDED
        )
        return
    number = stored.decision_no + 1
    review = Review.objects.get(submission=submission, decision_no=row.decision_no)
    again = Review(
        submission=submission,
        decision_no=number,
        attempt=review.attempt,
        verdict=review.verdict,
        reasons=review.reasons,
        note="Numbered anew: the table had a verdict that was lost here.",
        actor=review.actor,
        at=review.at,
    )
    write_down(again, at=at)
    Submission.objects.filter(pk=submission.pk).update(decision_no=number)
    OutboxDecision.objects.filter(pk=row.pk).update(
        decision_no=number, decision={**row.decision, "decision_no": number}, tries=0
    )
    audit.record(
        submission,
        "submission.numbered_anew",
        actor=None,
        at=at,
        before={"decision_no": row.decision_no},
        after={"decision_no": number, "instead_of": stored.decision_status},
    )
