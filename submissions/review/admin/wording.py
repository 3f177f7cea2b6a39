"""Codes as sentences for staff: why a submission is here, and what happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaignhub.words import in_words
from campaigns.accounts.wording import person
from ingest_lambda.contract import (
    Channel,
    Reason,
    Route,
    SubmissionStatus,
    Suspicion,
    sentence,
)
from ingest_lambda.contract.grammar.text import isolated
from submissions.mail.rules.mails import MailKind
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.mirror.services.releases import release_of
from submissions.receipts.admin import REFUSALS
from submissions.review.models import Review
from submissions.review.services.decisions import A_SLIP

SUSPICIONS: Mapping[str, str] = {
    Suspicion.HASH_MISSING: "A partner announced a photo without its checksum, so nothing tells whether the receipt was used before.",
    Suspicion.OTHER_HASH: "A photo isn't the one that the browser announced. It may have been swapped on the way.",
    Suspicion.IMAGE_SEEN_BEFORE: "The same photo was sent with another entry.",
    Suspicion.PHOTO_MISSING: "A photo that was announced never arrived.",
    Suspicion.PHOTO_UNREADABLE: "A file that was sent as a photo gives no picture.",
    Suspicion.DEVICE_LIMIT: "More entries came from this device or connection than the campaign expects.",
    Suspicion.FILLED_TOO_FAST: "The form was filled in faster than people type.",
    Suspicion.HONEYPOT: "A field that people can't see was filled in. Robots do that.",
    Suspicion.CHALLENGE_FAILED: "The check for robots did not succeed.",
    Suspicion.DISPOSABLE_EMAIL: "The e-mail address is a disposable one.",
    Suspicion.BLOCK_LIST: "The person, phone or device is on the client's block list.",
    Suspicion.OVER_LIMIT: "Its new photos show more than a limit of the campaign has room for.",
    Suspicion.RECEIPT_CLAIMED: "Another entry had announced the same photo first, so this one was refused. The other one never sent that photo.",
    Suspicion.SLOT_TAKEN: (
        "It was refused once and let in again. Its place under a limit, or its receipt, is another entry's by now."
    ),
}
_VERDICTS: Mapping[str, str] = {
    SubmissionStatus.APPROVED: "approved",
    SubmissionStatus.REJECTED: "rejected",
    SubmissionStatus.NEEDS_RESUBMISSION: "asked again",
    SubmissionStatus.PENDING_REVIEW: "reopened it",
    SubmissionStatus.REVOKED: "revoked the approval",
    SubmissionStatus.WITHDRAWN: "withdrew",
}
_MAIL_OUTCOMES: Mapping[str, str] = {
    "mail_delivered": "Mail delivered",
    "mail_bounced": "Mail sent back by the entrant's provider",
    "mail_delayed": "Mail not taken by the entrant's provider for now",
    "mail_complained": "Mail called spam by the entrant",
    "mail_failed": "Mail could not be sent",
    "mail_unknown": "Nobody knows whether this mail went",
    "mail_suppressed": "Mail held back",
    "mail_not_sent": "Mail not sent",
}


_SAYS_WHY = frozenset({"mail_delayed", "mail_not_sent"})


def why_here(submission: Submission) -> list[str]:
    """Say why a person looks at this submission, one sentence for each cause."""
    lines = _reopened(submission)
    if submission.attempt > 1:
        lines.append("Second photo, last attempt.")
    lines += [SUSPICIONS.get(code, in_words(code)) for code in _suspicions(submission)]
    lines += [reason_text(reason, submission) for reason in submission.reasons]
    if submission.held:
        lines.append("The campaign was paused, so its prizes wait until it resumes.")
    if submission.conflicts:
        times = "once" if submission.conflicts == 1 else f"{submission.conflicts} times"
        lines.append(
            f"The same entry came again {times} with other answers. The first is kept; nothing else was."
        )
    return lines


def _reopened(submission: Submission) -> list[str]:
    """Say who took the last verdict back, and why; a slip at the desk is no news."""
    if submission.decision_status != SubmissionStatus.PENDING_REVIEW:
        return []
    last = submission.reviews.filter(decision_no=submission.decision_no).exclude(actor=None)
    return [
        f"{person(review.actor)} reopened it: {isolated(review.note)}"
        for review in last.exclude(note=A_SLIP).select_related("actor")
        if review.actor
    ]


def _suspicions(submission: Submission) -> list[str]:
    """Return what was suspect at once, and what became so when its photos were looked at."""
    found = list(submission.suspicions)
    if submission.decision_no:
        machine = SubmissionEvent.objects.filter(
            submission_id=submission.pk, kind="decided", actor=None
        )
        for detail in machine.values_list("detail", flat=True):
            found += detail.get("suspicions", ())
    return list(dict.fromkeys(found))


def how_it_came(submission: Submission) -> str:
    """Say by which route, way and poster an entry came, where that is not the usual."""
    told = []
    if submission.route == Route.FREE:
        told.append("free entry")
    if submission.channel != Channel.WEB:
        told.append(f"by {submission.partner or submission.channel}")
    if submission.source:
        told.append(f"from “{isolated(submission.source)}”")
    return ", ".join(told)


def reason_text(reason: Mapping[str, Any], submission: Submission) -> str:
    """Return a stored reason in English, with the field that it is about."""
    known = Reason.model_validate(reason)
    zone = release_of(submission).manifest.timezone
    words = sentence(known, locale="en", texts={}, timezone=zone)
    return f"{words} ({known.field})" if known.field else words


def history(submission: Submission) -> list[tuple[datetime, str, list[str]]]:
    """Tell what happened, the newest first: when, what, and what was said about it."""
    reviews = {review.decision_no: review for review in submission.reviews.all()}
    events = SubmissionEvent.objects.filter(submission_id=submission.pk).select_related("actor")
    return [(event.at, _event_text(event), _said(event, reviews)) for event in reversed(events)]


def _event_text(event: SubmissionEvent) -> str:
    who = person(event.actor) if event.actor else "The system"
    detail = event.detail
    match event.kind:
        case "received":
            return "The entry came in."
        case "sent_again":
            return "The entrant answered with new photos."
        case "conflict":
            return "It came again with other answers; the first was kept."
        case "checked":
            if refusal := detail.get("refusal"):
                return f"A file was checked. {REFUSALS.get(refusal, in_words(refusal))}"
            return "A photo was checked."
        case "decided" if detail.get("suspicions"):
            return "It goes to review because of its photos."
        case "decided":
            return f"{who} {_VERDICTS.get(detail.get('verdict', ''), 'decided')}."
        case "mailed":
            return f"Mail sent: {_mail_name(detail.get('mail', ''))}."
        case "mail_sent_again":
            return f"{who} sent this mail again: {_mail_name(detail.get('mail', ''))}."
        case "mail_marked":
            return f"{who} found out that this mail went: {_mail_name(detail.get('mail', ''))}."
        case (
            "mail_delivered"
            | "mail_bounced"
            | "mail_delayed"
            | "mail_complained"
            | "mail_failed"
            | ("mail_unknown" | "mail_suppressed" | "mail_not_sent")
        ):
            why = f" ({detail['trouble']})" if event.kind in _SAYS_WHY else ""
            return f"{_MAIL_OUTCOMES[event.kind]}{why}: {_mail_name(detail.get('mail', ''))}."
        case "message":
            return f"The entrant wrote: {in_words(detail.get('kind', 'a message')).lower()}."
        case "limited":
            return "It was over a limit."
        case "withdrawn":
            return "The entrant withdrew the entry."
    words = in_words(event.kind)
    return f"{words} ({who})." if event.actor else f"{words}."


def _mail_name(kind: str) -> str:
    return MailKind(kind).label if kind in set(MailKind) else in_words(kind)


def _said(event: SubmissionEvent, reviews: Mapping[int | None, Review]) -> list[str]:
    if event.kind != "decided":
        return []
    if suspicions := event.detail.get("suspicions"):
        return [SUSPICIONS.get(code, in_words(code)) for code in suspicions]
    number = event.dedupe.rpartition(":")[2]
    review = reviews.get(int(number)) if number.isdigit() else None
    if review is None:
        return []
    lines: list[str] = [reason["message"] for reason in review.reasons if reason.get("message")]
    return [*lines, *([f"Note: {review.note}"] if review.note and review.note not in lines else [])]
