"""Photos that never came, and files that give no picture: their entrants are asked again, without a person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Turn
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus, Suspicion
from submissions.intake.models import PhotoDeadline
from submissions.intake.services.photo_deadlines import IMAGE_PATIENCE, UNDECIDED, split
from submissions.intake.services.repair import bring_here, chunks
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.receipts.rules.asked_for import lacks
from submissions.review.services.decisions import (
    AlreadyDecided,
    request_resubmission,
    send_to_review,
)

LOOKS_BACK = timedelta(days=1)
"""Who entered longer ago is asked for nothing by itself."""
ASKED_LATER = timedelta(minutes=5)
"""Where the table could not be asked; behind all others that are due."""
MOST_A_ROUND = 500
_A_STEP = 20
"""So many are looked at between two questions whether the round has time for more."""

Found = TypeVar("Found")


def ask_for_photos(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Ask again where a photo never arrived or gives no picture; return how many were asked.

    Read from what is due (``photo_deadlines``). The table has the last word, so that
    nobody is asked for a photo that only the mirror lost. Only the first attempt is
    asked by itself: there is one retry, and after it a person decides. What entered
    longer ago than a day is a moderator's. While the table is away, nobody is asked.
    """
    due = PhotoDeadline.objects.filter(due_at__lte=at).order_by("due_at")
    return _in_steps(due.values_list("pk", flat=True)[:MOST_A_ROUND], _ask_due, at, turn)


def _ask_due(looked_at: Sequence[UUID], at: datetime) -> int:
    """Ask for the photos of some that are due; put off those of which the table can't be asked."""
    waiting = PhotoDeadline.objects.filter(
        due_at__lte=at,
        submission__attempt=1,
        submission__decision_no=0,
        submission__status__in=UNDECIDED,
        submission__entered_at__gt=at - LOOKS_BACK,
    ).values_list("pk", "submission__uploads")
    uploads = dict(waiting.filter(pk__in=looked_at))
    asked = _ask({upload["key"]: pk for pk, of in uploads.items() for upload in of}, at)
    # What is still as it was could not be asked for now: the table was away, or nobody can read it.
    left = dict(waiting.filter(pk__in=uploads))
    complete, _ = split(left)
    later = left.keys() - complete
    PhotoDeadline.objects.filter(pk__in=[pk for pk in looked_at if pk not in later]).delete()
    PhotoDeadline.objects.filter(pk__in=later).update(due_at=at + ASKED_LATER)
    return asked


def _in_steps(
    found: Iterable[Found],
    step: Callable[[Sequence[Found], datetime], int],
    at: datetime,
    turn: Turn,
) -> int:
    """Do a step with some at a time while the turn lasts; return how many were asked."""
    asked = 0
    for some in chunks(iter(list(found)), _A_STEP):
        if turn.is_over():
            break
        asked += step(some, at)
    return asked


def ask_where_it_counts_unseen(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Ask for the photo without which a submission counts already, or one that gives a picture; return how many were asked.

    Otherwise whoever announces a receipt and sends none would be in. The same
    rules as above; what entered longer ago than a day goes to a person instead,
    for a mail would only confuse.
    """
    before = at - IMAGE_PATIENCE
    waiting = Submission.objects.filter(
        photo_check__since__lte=before, decision_no=0, attempt=1, status__in=COUNTS_UNSEEN
    )
    rows = waiting.order_by("photo_check__since").values_list("pk", "uploads")[:MOST_A_ROUND]
    return _in_steps(rows, _ask_of, at, turn)


def _ask_of(rows: Sequence[tuple[UUID, Any]], at: datetime) -> int:
    return _ask({upload["key"]: pk for pk, uploads in rows for upload in uploads}, at)


def _ask(announced: dict[str, UUID], at: datetime) -> int:
    asked = 0
    try:
        known = bring_here(sorted(_lacking(announced)), at=at)
    except ingest.IngestBusy:
        return 0
    lacking = {pk: codes for pk, codes in _lacking(announced).items() if pk in known}
    for submission in Submission.objects.filter(pk__in=lacking, attempt=1, decision_no=0):
        try:
            asked += _ask_for_photo(submission, lacking[submission.pk], at)
        except AlreadyDecided:
            continue  # a moderator was quicker
    return asked


@transaction.atomic
def _ask_for_photo(submission: Submission, codes: Sequence[ReasonCode], at: datetime) -> bool:
    """Ask for a photo, or send to review what is too old to be asked; tell whether it was asked."""
    recent = submission.entered_at > at - LOOKS_BACK
    if submission.ingest_status == SubmissionStatus.APPROVED or not recent:
        is_missing = ReasonCode.IMAGE_NOT_RECEIVED in codes
        is_unreadable = set(codes) != {ReasonCode.IMAGE_NOT_RECEIVED}
        suspicions = [
            *([Suspicion.PHOTO_MISSING] if is_missing else []),
            *([Suspicion.PHOTO_UNREADABLE] if is_unreadable else []),
        ]
        send_to_review(submission.pk, suspicions=suspicions, at=at)
    if recent:
        reasons = [Reason(code=code) for code in codes]
        request_resubmission(submission.pk, reasons=reasons, actor=None, at=at)
    return recent


def _lacking(announced: Mapping[str, UUID]) -> dict[UUID, tuple[ReasonCode, ...]]:
    """Return the submissions of these photos that lack a picture of one, and what they are asked for."""
    refusals = dict(ReceiptImage.objects.filter(pk__in=announced).values_list("pk", "refusal"))
    found: dict[UUID, list[str | None]] = {}
    for key, submission_id in announced.items():
        found.setdefault(submission_id, []).append(refusals.get(key))
    return {pk: codes for pk, of in found.items() if (codes := lacks(of))}
