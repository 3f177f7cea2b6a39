"""Questions that were not answered in time."""

from datetime import datetime, timedelta

from campaignhub import ingest
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.mirror.models import Submission
from submissions.review.services.decisions import AlreadyDecided, reject_submission

ANSWER_PATIENCE = timedelta(hours=1)
"""After the deadline: what entered in time may still be on its way."""
MOST_A_ROUND = 500


def reject_unanswered(*, at: datetime) -> int:
    """Reject what was asked again and not answered by an hour after its deadline.

    An answer that entered in time beats the deadline even if the mirror is
    behind, so the table has the last word.
    """
    late = Submission.objects.filter(
        # Named, so that the index by campaign and status is used.
        campaign__in=list(Campaign.objects.values_list("pk", flat=True)),
        status=SubmissionStatus.NEEDS_RESUBMISSION,
        resubmit_until__lte=at - ANSWER_PATIENCE,
    ).order_by("resubmit_until")
    rejected = 0
    for submission in late[:MOST_A_ROUND]:
        try:
            record = ingest.read_submission(submission.pk)
            if record is not None and record.attempt > submission.decided_attempt:
                continue
            reject_submission(
                submission.pk,
                reasons=[Reason(code=ReasonCode.RESUBMISSION_EXPIRED)],
                actor=None,
                at=at,
                after=submission.decision_no,
            )
        except (AlreadyDecided, ingest.IngestBusy):
            continue  # moved by then, or asked again at the next round
        rejected += 1
    return rejected
