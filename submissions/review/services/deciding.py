"""One decision: checked, numbered and written under the row's lock, with all that follows from it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from campaignhub.env import env
from campaignhub.errors import DomainError
from campaignhub.ingest import working_days_after
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from ingest_lambda.contract import (
    MOST_ATTEMPTS,
    Decision,
    Reason,
    ReasonCode,
    SubmissionStatus,
    Suspicion,
    sentence,
)
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState, Withdrawn
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.mirror.services.releases import release_of
from submissions.receipts.services.submitted_files import let_count
from submissions.review.models import OutboxDecision, Review
from submissions.review.rules.earlier import earlier_decision
from submissions.review.rules.moves import By, may_move
from submissions.review.services.readable_photos import without_photo
from submissions.review.services.reason_uses import count_uses

TAKEN_BACK = "taken back before it was carried"


class AlreadyDecided(DomainError):
    """Another decision came first, or the submission is not where this one starts from."""


class AskedAlready(DomainError):
    """The entrant has had the one retry there is; now it is approved or rejected."""


class ReasonsNeeded(DomainError):
    """A rejection or a new request says why, with one to three fitting reasons."""


class TooLateToUndo(DomainError):
    """Only one's own last decision is undone, and only within the undo minute."""


def undo_time() -> timedelta:
    """Return how long a verdict's mail is held back, so that taking it back at the desk leaves no trace."""
    return timedelta(seconds=env().undo_seconds)


@transaction.atomic
def decide(
    submission_id: UUID,
    status: SubmissionStatus,
    *,
    actor: User | None,
    at: datetime,
    by: By | None = None,
    reasons: Sequence[Reason] = (),
    suspicions: Sequence[Suspicion] = (),
    note: str = "",
    after: int | None = None,
    despite: Collection[str] = (),
) -> Submission:
    """Move a submission to ``status``; without ``by``, in a moderator's right or the system's.

    ``despite`` are the gaps of its photos that a moderator who approves was warned of.

    Raises:
        AlreadyDecided: it cannot go there from where it is, or was decided on since ``after``.
        TooLateToUndo: there is no slip of ``actor``'s to undo.
        AskedAlready: the entrant has had the one retry.
        NoReadablePhoto: approved by a person who was not warned, or says not why.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("campaign__client")
        .get(pk=submission_id)
    )
    before = SubmissionStatus(submission.status)
    by = by or (By.MODERATOR if actor else By.SYSTEM)
    if not may_move(before, status, by=by) or after not in (None, submission.decision_no):
        raise _already(submission, actor)
    if by is By.UNDO and not may_undo(submission, actor=actor, at=at):
        raise TooLateToUndo(
            f"Only your own last decision on {submission.reference} can be undone, within a minute."
        )
    asks = status is SubmissionStatus.NEEDS_RESUBMISSION
    if asks and submission.attempt >= MOST_ATTEMPTS:
        raise AskedAlready(
            f"{submission.reference} was asked again once already. Approve it or reject it."
        )
    if submission.attempt < MOST_ATTEMPTS and any(
        reason.code is ReasonCode.ILLEGIBLE_FINAL for reason in reasons
    ):
        raise ReasonsNeeded(
            f"{submission.reference} has another try. Ask again for a photo that can be read."
        )
    is_approval = status is SubmissionStatus.APPROVED and actor is not None
    lacks = without_photo(submission, note=note, despite=despite) if is_approval else ""
    worded = _worded(reasons, submission, at)
    written = [reason.model_dump(mode="json", exclude_none=True) for reason in worded]
    number = submission.decision_no + 1
    manifest = release_of(submission).manifest
    until = at + timedelta(hours=manifest.resubmit_within_hours) if asks else None
    # A slip that is taken back leaves the promise as it was.
    is_back = status is SubmissionStatus.PENDING_REVIEW and by is not By.UNDO
    promised = (
        working_days_after(at, manifest.decide_within_days, timezone=manifest.timezone)
        if is_back
        else None
    )
    _take_back_what_waits(submission, at, by)
    submission.decision_no = number
    submission.decision_status = status
    submission.decision_reasons = written
    submission.decided_attempt = submission.attempt
    submission.decided_at = at
    submission.status = status
    submission.resubmit_until = until
    submission.decide_by = promised or submission.decide_by
    if before is SubmissionStatus.INVALID:
        let_count(submission)
    submission.save(
        update_fields=[
            "decision_no",
            "decision_status",
            "decision_reasons",
            "decided_attempt",
            "decided_at",
            "status",
            "resubmit_until",
            "decide_by",
        ]
    )
    review = Review(
        submission=submission,
        decision_no=number,
        attempt=submission.attempt,
        verdict=status,
        reasons=written,
        note=note,
        actor=actor,
        at=at,
    )
    write_down(review, at=at, suspicions=suspicions)
    decision = Decision(
        submission_id=submission.pk,
        decision_no=number,
        attempt=submission.attempt,
        status=status,
        reasons=worded,
        decided_at=at,
        resubmit_until=until,
        decide_by=promised,
        # Which of them is the campaign's choice, and stands beside each in the table.
        gives_back=status is SubmissionStatus.REJECTED,
    )
    OutboxDecision.objects.create(
        submission=submission,
        campaign_id=submission.campaign_id,
        decision_no=number,
        decision=decision.model_dump(mode="json"),
        created_at=at,
        not_before=at + undo_time()
        if actor and _cannot_be_called_back(decision, submission)
        else at,
    )
    audit.record(
        submission,
        f"submission.{status.value}",
        actor=actor,
        at=at,
        before={"status": before},
        after={
            "status": status,
            "decision_no": number,
            **({"photo": lacks, "note": note} if lacks else {}),
        },
    )
    if actor and by is By.MODERATOR and not submission.is_test:
        # The last lock taken: colleagues who give the same reason wait for the commit alone.
        count_uses(submission.campaign_id, {reason.code for reason in reasons})
    return submission


def _cannot_be_called_back(decision: Decision, submission: Submission) -> bool:
    """Tell whether a verdict frees a slot that another takes, or gives a prize that its winner sees at once."""
    return decision.gives_back or (
        decision.status is SubmissionStatus.APPROVED and bool(submission.prizes)
    )


def write_down(review: Review, *, at: datetime, suspicions: Sequence[Suspicion] = ()) -> None:
    """Keep a verdict, which nobody changes, and the line of the history; ``at`` is when it got its number."""
    review.save()
    SubmissionEvent.line(
        review.submission_id,
        "decided",
        review.decision_no,
        at=at,
        actor=review.actor,
        verdict=review.verdict,
        reasons=[reason["code"] for reason in review.reasons],
        **({"suspicions": list(suspicions)} if suspicions else {}),
    ).save()


def may_undo(submission: Submission, *, actor: User | None, at: datetime) -> bool:
    """Tell whether the last decision on a submission is a slip of ``actor``'s that can still be undone."""
    last = _last_review(submission)
    return (
        last is not None
        and actor is not None
        and last.actor_id == actor.pk
        and may_move(SubmissionStatus(last.verdict), SubmissionStatus.PENDING_REVIEW, by=By.UNDO)
        and at - last.at < undo_time()
    )


def _last_review(submission: Submission) -> Review | None:
    reviews = submission.reviews.filter(decision_no=submission.decision_no)
    return reviews.select_related("actor").first()


def _already(submission: Submission, actor: User | None) -> AlreadyDecided:
    """Say what was decided instead, and by whom."""
    last = _last_review(submission)
    decider = last.actor if last else None
    who = (
        "You"
        if decider and decider == actor
        else decider and (decider.first_name or decider.username)
    )
    return AlreadyDecided(
        earlier_decision(
            submission.reference,
            status=submission.status,
            verdict=last.verdict if last else "",
            who=who or "",
        )
    )


def _take_back_what_waits(submission: Submission, at: datetime, by: By) -> None:
    """Withdraw what an earlier verdict has not yet set off: its mails, and a rejection held back."""
    unsent, trouble = [MailState.QUEUED], Withdrawn.BY_VERDICT
    if by is By.ANEW:
        # What failed is tried anew as well, and needs nobody any more.
        unsent, trouble = [*unsent, MailState.FAILED], Withdrawn.DEADLINE_MOVED
    Mail.objects.filter(submission=submission, decision_no__isnull=False, state__in=unsent).update(
        state=MailState.WITHDRAWN, trouble=trouble
    )
    # One that a carrier holds goes its way; the table keeps the order by number.
    OutboxDecision.objects.filter(
        submission=submission, carried_at=None, leased_until=None, tries=0, not_before__gt=at
    ).update(carried_at=at, trouble=TAKEN_BACK)


def _worded(reasons: Sequence[Reason], submission: Submission, at: datetime) -> tuple[Reason, ...]:
    """Give each reason the sentence that the entrant will read, in the words of the entry's release.

    What may be said on a verdict is part of the promotion that was entered (DESIGN §5: a
    submission is read by its release): new sentences are for those who enter after the next
    publish. What was told once stays with the verdict, as it was written here.
    """
    manifest = release_of(submission).manifest
    return tuple(
        reason.model_copy(
            update={
                "message": sentence(
                    reason,
                    locale=submission.locale,
                    texts=manifest.reason_texts,
                    timezone=manifest.timezone,
                    at=at,
                )
            }
        )
        for reason in reasons
    )
