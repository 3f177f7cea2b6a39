"""The order of work: what is reviewed next, and by whom, so that no two people hold the same one."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from django.db.models import Q, QuerySet

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission
from submissions.mirror.services.by_campaign import first_of
from submissions.review.models import Review, ReviewHold

HOLD = timedelta(minutes=5)
"""How long a submission that somebody opened is not handed to somebody else."""
COUNTED = 1000
"""Where counting what is left stops: more is more than anybody does today."""
_URGENCY = ("decide_by", "entered_at", "id")
_LOOKED_AT = (25, 400)
"""Candidates a campaign; the second figure counts where colleagues hold all of the first."""


def next_submission(
    campaigns: Sequence[UUID], *, actor: User, at: datetime, passing_over: Collection[UUID] = ()
) -> UUID | None:
    """Hand out the submission that is due first, and hold it for ``actor``; ``None`` when none waits.

    Answers to what was asked again come first, then entries with a provisional award, then
    the nearest promise, then the oldest (DOMAIN §3). What somebody else opened within :data:`HOLD` is
    passed over. Two who ask at the same moment get two: a submission has one
    row for its hold.
    """
    waits = [_waits(campaign) for campaign in campaigns]
    answers = [Submission.objects.filter(**one, attempt__gt=1) for one in waits]
    awarded = [Submission.objects.filter(**one, attempt=1, has_award=True) for one in waits]
    first = [Submission.objects.filter(**one, attempt=1) for one in waits]
    for branches, most in product((answers, awarded, first), _LOOKED_AT):
        found = first_of(branches, order=_URGENCY, most=most)
        free = _hold_first(found, actor=actor, at=at, passing_over=passing_over)
        if free is not None:
            return free
    return None


def _hold_first(
    found: Sequence[UUID], *, actor: User, at: datetime, passing_over: Collection[UUID]
) -> UUID | None:
    wanted = [pk for pk in found if pk not in passing_over]
    held = set(
        ReviewHold.objects.filter(submission__in=wanted, until__gt=at)
        .exclude(actor=actor)
        .values_list("submission_id", flat=True)
    )
    free = (pk for pk in wanted if pk not in held)
    return next((pk for pk in free if hold(pk, actor=actor, at=at)), None)


def _waits(campaign: UUID) -> dict[str, object]:
    return {"campaign": campaign, "status": SubmissionStatus.PENDING_REVIEW, "is_test": False}


def hold(submission_id: UUID, *, actor: User, at: datetime) -> bool:
    """Hold a submission for ``actor`` from now on; ``False`` where somebody else holds it."""
    until = at + HOLD
    row = ReviewHold(submission_id=submission_id, actor=actor, until=until)
    ReviewHold.objects.bulk_create([row], ignore_conflicts=True)
    free = Q(actor=actor) | Q(until__lte=at)
    return bool(
        ReviewHold.objects.filter(free, submission=submission_id).update(actor=actor, until=until)
    )


def let_go(submission_id: UUID, *, actor: User) -> None:
    """End the hold of ``actor``: the submission was decided on, or left."""
    ReviewHold.objects.filter(submission=submission_id, actor=actor).delete()


def held_by_another(submission_id: UUID, *, actor: User, at: datetime) -> ReviewHold | None:
    """Return the hold that somebody else has, if there is one."""
    return (
        ReviewHold.objects.filter(submission=submission_id, until__gt=at)
        .exclude(actor=actor)
        .select_related("actor")
        .first()
    )


def left(campaigns: Sequence[UUID], *, passing_over: Collection[UUID] = ()) -> int:
    """Count what waits for review, up to :data:`COUNTED`, without what is being decided just now."""
    rows = Submission.objects.filter(
        campaign__in=campaigns, status=SubmissionStatus.PENDING_REVIEW, is_test=False
    ).exclude(pk__in=passing_over)
    return _counted(rows)


def pace(*, actor: User, at: datetime) -> int:
    """Count the verdicts of ``actor`` in the last ten minutes."""
    return Review.objects.filter(actor=actor, at__gt=at - timedelta(minutes=10)).count()


def waiting_for(user: User) -> QuerySet[Submission]:
    """Return the submissions that wait for this person's review, without those of a test."""
    return Submission.objects.filter(
        campaign__in=campaigns_of(user, Capability.SUBMISSION_VIEW),
        status=SubmissionStatus.PENDING_REVIEW.value,
        is_test=False,
    )


def waiting_count(user: User) -> int:
    """Count the submissions that wait for this person's review, up to a thousand."""
    return _counted(waiting_for(user))


def _counted(rows: QuerySet[Submission]) -> int:
    """Count in the database: a thousand ids made here take longer than all the rest."""
    return rows.order_by().values("status")[:COUNTED].count()
