"""One verdict on many entries: a job that decides on one after the other, each as a moderator would."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from campaignhub.errors import DomainError
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from ingest_lambda.contract import Reason
from submissions.mirror.models import Submission
from submissions.review.services import decisions
from submissions.review.services.decisions import AlreadyDecided, NoReadablePhoto

AT_ONCE = 20
"""So many are decided on while the page waits, in well under a second; more are a job."""
DONE_WORDS: Mapping[str, str] = {
    "approve": "approved",
    "reject": "rejected",
    "ask_again": "asked again",
}
_MEANWHILE, _UNREADABLE, _OTHERWISE = (
    "decided meanwhile",
    "without a readable photo",
    "not possible",
)


def decide_many(
    chosen: Sequence[tuple[UUID, int]],
    verdict: str,
    *,
    client: Client,
    title: str,
    actor: User,
    at: datetime,
    reasons: Sequence[Reason] = (),
    note: str = "",
    despite: Collection[str] = (),
) -> Job:
    """Start the job; ``chosen`` are entries of one client, each with the number of the decision that was seen.

    The same twice, such as a button pressed twice, is one job while it goes on.
    """
    ids = [[str(submission_id), number] for submission_id, number in chosen]
    same = sha256(repr((verdict, sorted(ids))).encode()).hexdigest()[:32]
    return start(
        BULK_VERDICT,
        title=title,
        client=client,
        actor=actor,
        at=at,
        total=len(ids),
        only_one=f"verdicts:{client.pk}:{same}",
        parameters={
            "verdict": verdict,
            "ids": ids,
            "reasons": [reason.model_dump(mode="json", exclude_none=True) for reason in reasons],
            "note": note,
            "despite": sorted(despite),
        },
    )


def give_verdict(
    submission_id: UUID,
    verdict: str,
    *,
    after: int,
    actor: User,
    at: datetime,
    reasons: Sequence[Reason] = (),
    note: str = "",
    despite: Collection[str] = (),
) -> Submission:
    """Give one of the verdicts that can be given on many.

    Raises:
        DomainError: a rule said no; the sentence in it is for the moderator.
    """
    given: Any = {"actor": actor, "at": at, "note": note, "after": after}
    if verdict == "approve":
        return decisions.approve_submission(submission_id, despite=despite, **given)
    if verdict == "reject":
        return decisions.reject_submission(submission_id, reasons=reasons, **given)
    return decisions.request_resubmission(submission_id, reasons=reasons, **given)


def _decide_on_next(job: Job, at: datetime) -> Step:
    asked = job.parameters
    position = job.cursor.get("next", 0)
    submission_id, after = asked["ids"][position]
    counted = DONE_WORDS[asked["verdict"]]
    notes: tuple[str, ...] = ()
    try:
        give_verdict(
            UUID(submission_id),
            asked["verdict"],
            after=after,
            actor=job.person,
            at=at,
            reasons=[Reason.model_validate(reason) for reason in asked["reasons"]],
            note=asked["note"],
            despite=asked["despite"],
        )
    except AlreadyDecided as error:
        counted, notes = _MEANWHILE, (error.message,)
    except NoReadablePhoto:
        counted = _UNREADABLE
    except DomainError as error:
        counted, notes = _OTHERWISE, (error.message,)
    except Submission.DoesNotExist:
        counted = _OTHERWISE
    behind = position + 1
    return Step(
        {"next": behind},
        done=1,
        counts={counted: 1},
        notes=notes,
        is_last=behind == len(asked["ids"]),
    )


def _summary(job: Job) -> str:
    counts = job.counts
    told = [f"{counts[word]} {word}." for word in DONE_WORDS.values() if counts.get(word)]
    if count := counts.get(_MEANWHILE):
        told.append(f"{count} had been decided on meanwhile and stayed as they were.")
    if count := counts.get(_UNREADABLE):
        told.append(f"{count} wait for review as before: no photo that can be read.")
    if count := counts.get(_OTHERWISE):
        told.append(f"{count} could not be decided on.")
    return " ".join(told)


BULK_VERDICT = Kind(
    name="review.bulk_verdict",
    capability=Capability.SUBMISSION_LEAD,
    step=_decide_on_next,
    summary=_summary,
    unit=("entry", "entries"),
)
