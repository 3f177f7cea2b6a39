"""What a moderator is told whose decision came too late: what stands instead, and who decided it."""

from collections.abc import Mapping

from ingest_lambda.contract import SubmissionStatus as Status

_BY_STAFF: Mapping[str, str] = {
    Status.APPROVED: "{who} already approved {reference}.",
    Status.REJECTED: "{who} already rejected {reference}.",
    Status.NEEDS_RESUBMISSION: "{who} already asked for a new photo of {reference}.",
    Status.PENDING_REVIEW: "{who} reopened {reference} in the meantime.",
    Status.REVOKED: "{who} already revoked {reference}.",
}
_BY_ITSELF: Mapping[str, str] = {
    Status.APPROVED: "{reference} was already approved automatically.",
    Status.REJECTED: "{reference} was already rejected automatically.",
    Status.NEEDS_RESUBMISSION: "A new photo of {reference} was already asked for automatically.",
    Status.PENDING_REVIEW: "{reference} was sent to review in the meantime.",
    Status.INVALID: "{reference} was refused by the campaign's own rules.",
}
_UNSAVED = "Your decision wasn't saved."


def earlier_decision(reference: str, *, status: str, verdict: str, who: str) -> str:
    """Return the sentence: "Olivia already approved K4FM-GZ05. Your decision wasn't saved."

    ``verdict`` is the last decision, if there was one, and ``who`` gave it; empty
    where nobody of the staff did.
    """
    if status == Status.WITHDRAWN:
        said = "The entrant withdrew {reference}."
    else:
        words = _BY_STAFF if who else _BY_ITSELF
        said = words.get(verdict or status, "{reference} has changed in the meantime.")
    return f"{said.format(reference=reference, who=who)} {_UNSAVED}"
