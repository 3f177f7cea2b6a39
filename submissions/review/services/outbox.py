"""The outbox: carry decisions to the table, in order, then let the mail follow."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Least

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Away, Turn
from ingest_lambda.contract import Decision, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import (
    MAIL_AFTER,
    REMIND_BEFORE,
    SWITCHED,
    WENT_OUT,
    MailKind,
    MailState,
)
from submissions.mirror.models import Submission
from submissions.mirror.services.by_campaign import in_turn
from submissions.mirror.services.releases import release_of
from submissions.review.models import OutboxDecision
from submissions.review.services.deciding import undo_time
from submissions.review.services.lost_verdicts import lost_here, number_anew

LEASE = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=5)
"""Between two tries of one that cannot go; the first waits are shorter."""
_DOUBLED = 9
"""Waits double so often, which is beyond the longest; unbounded they would overflow after a night."""
_COUNTED = 1_000
"""Tries beyond these are not counted; a table may be away for weeks."""


PRIZE_NEWS_WITHIN = timedelta(seconds=30)
"""How long the mail of a verdict waits for the news of a prize that the verdict gave."""
MOST_BUSY = 3
"""After so many calls in a row that the table did not answer a turn leaves the rest for the next one."""


def propagate_decisions(*, at: datetime, most: int = 200, turn: Turn = UNLIMITED) -> int:
    """Carry what waits; return how many went.

    Campaigns take turns. The decisions of one submission go oldest first, and its later ones wait
    behind one that cannot go; those of others do not. Each is leased, so that
    two carriers never hold the same; should one die in between, the decision
    is carried again, which its number makes harmless.

    Raises:
        Away: the table does not answer; the rest keeps its place.
    """
    earlier = OutboxDecision.objects.filter(
        submission=OuterRef("submission"),
        decision_no__lt=OuterRef("decision_no"),
        carried_at=None,
    )
    ready = in_turn(
        OutboxDecision.objects.filter(carried_at=None),
        due=_free(at) & ~Q(Exists(earlier)) & Q(not_before__lte=at),
        order=("id",),
        most=most,
    )
    went = busy = 0
    for row_id, _campaign in ready:
        if turn.is_over():
            break
        try:
            went += _propagate(row_id, at)
        except ingest.IngestBusy as exc:
            busy += 1
            if busy >= MOST_BUSY:
                raise Away("the submissions table is busy or away") from exc
        else:
            busy = 0
    return went


def _free(at: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=at)


def _propagate(row_id: int, at: datetime) -> bool:
    # The next try is written down before this one: whatever happens to us now,
    # a decision that cannot go moves behind those that can.
    leased = OutboxDecision.objects.filter(_free(at), pk=row_id, carried_at=None).update(
        leased_until=at + LEASE,
        tries=Least(F("tries") + 1, Value(_COUNTED)),
        trouble="being carried",
    )
    if not leased:
        return False
    row = OutboxDecision.objects.select_related("submission").get(pk=row_id)
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(row.tries, _DOUBLED)))
    trouble = "unforeseen"
    try:
        decision = Decision.model_validate(row.decision)
        taken = ingest.apply_decision(decision)
        if not taken and (stored := lost_here(row, decision)) is not None:
            trouble = "numbered anew"
            number_anew(row, stored, at=at)
            return False
    except ingest.IngestBusy as exc:
        trouble = type(exc).__name__
        raise
    except ingest.SubmissionMissing as exc:
        trouble = type(exc).__name__
        return False
    else:
        _note_carried(row, decision, at)
        return True
    finally:
        OutboxDecision.objects.filter(pk=row_id, carried_at=None).update(
            leased_until=None, not_before=at + wait, trouble=trouble
        )


@transaction.atomic
def _note_carried(row: OutboxDecision, decision: Decision, at: datetime) -> None:
    OutboxDecision.objects.filter(pk=row.pk).update(carried_at=at, leased_until=None, trouble="")
    # Locked, so that no other verdict falls between this look and the mail that follows from it.
    submission = type(row.submission).objects.select_for_update().get(pk=row.submission_id)
    kind = MAIL_AFTER.get(decision.status)
    if kind is None or submission.decision_no != decision.decision_no:
        return
    notices = release_of(submission).manifest.notices
    if kind in SWITCHED and SWITCHED[kind] not in notices:
        return
    if kind is MailKind.REOPENED and not (decision.decide_by and _knew_better(submission)):
        return
    not_before = decision.decided_at + undo_time()
    if submission.prizes:
        # What it won comes back through the mirror, and that mail says all that this one does.
        not_before = max(not_before, at + PRIZE_NEWS_WITHIN)
    mails = [(kind, not_before)]
    if decision.status is SubmissionStatus.NEEDS_RESUBMISSION and decision.resubmit_until:
        mails.append((MailKind.REMINDER, decision.resubmit_until - REMIND_BEFORE))
    Mail.objects.bulk_create(
        [
            Mail(
                submission=submission,
                campaign_id=submission.campaign_id,
                kind=mail,
                event=f"{mail}:{decision.decision_no}",
                decision_no=decision.decision_no,
                attempt=decision.attempt,
                queued_at=at,
                not_before=begins_at,
            )
            for mail, begins_at in mails
        ],
        ignore_conflicts=True,
    )


def _knew_better(submission: Submission) -> bool:
    """Tell whether the entrant was told of something final: a verdict or a win by mail, or a refusal on the page after sending."""
    # One on its way when this verdict came is as good as read.
    told = Mail.objects.filter(submission=submission, state__in=(*WENT_OUT, MailState.SENDING))
    by_mail = told.filter(Q(decision_no__isnull=False) | Q(kind=MailKind.PRIZE_WON)).exists()
    return by_mail or submission.ingest_status == SubmissionStatus.INVALID
