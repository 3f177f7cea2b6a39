"""Who entered, as far as it is still known."""

from submissions.models import Submission, SubmissionAnswers
from submissions.rules.masking import shown_name


def answers_of(submission: Submission) -> SubmissionAnswers:
    """Return a submission's answers; empty ones where they were erased."""
    known: SubmissionAnswers | None = getattr(submission, "personal", None)
    return known or SubmissionAnswers(submission=submission)


def name_of(submission: Submission, *, masked: bool) -> str:
    """Return the name by which staff know the entrant."""
    personal = answers_of(submission)
    return shown_name(personal.given_name, personal.family_name, masked=masked)
