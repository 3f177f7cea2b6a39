"""Who entered, as far as it is still known; and who is looking."""

from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest

from campaigns.accounts.models import User
from campaigns.setup.rules.meanings import MEANINGS
from ingest_lambda.contract.grammar.sources import PARAMETERS
from ingest_lambda.contract.grammar.text import isolated
from submissions.mirror.models import Submission, SubmissionAnswers
from submissions.mirror.rules.masking import hidden_meaning, mask, shown_name
from submissions.mirror.services.consents import GivenConsent, consents_of
from submissions.mirror.services.releases import release_of

MOST_SHOWN = 10
"""Other entries of one person."""


def answers_of(submission: Submission) -> SubmissionAnswers:
    """Return a submission's answers; empty ones where they were erased."""
    known: SubmissionAnswers | None = getattr(submission, "personal", None)
    return known or SubmissionAnswers(submission=submission)


def name_of(submission: Submission, *, masked: bool) -> str:
    """Return the name by which staff know the entrant."""
    personal = answers_of(submission)
    return shown_name(personal.given_name, personal.family_name, masked=masked)


def staff_of(request: HttpRequest) -> User:
    """Return the member of staff who asks; the admin lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user


class ShownAnswer(NamedTuple):
    """An answer as staff read it."""

    label: str
    meaning: str
    """What the answer means to us, where that says more than the label."""
    text: str


def shown_answers(submission: Submission, *, masked: bool) -> list[ShownAnswer]:
    """Return what was answered, by the form that was sent."""
    answers = answers_of(submission).answers
    shown = []
    fields = {} if not answers else release_of(submission).fields
    for field in fields.values():
        if field.name not in answers:
            continue
        value = answers[field.name]
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        label = next(iter(field.label.values()), field.name)
        meaning = MEANINGS.get(field.meaning, "")
        same = any(
            _without_signs(one) in _without_signs(other)
            for one, other in ((meaning, label), (label, meaning))
        )
        if masked:
            text = mask(text, hidden_meaning(field.meaning, field.kind))
        shown.append(ShownAnswer(label, "" if same else meaning, isolated(text)))
    # Where the visitor came from needs no row in the form.
    shown += [
        ShownAnswer(name, "from the page's address", isolated(str(answers[name])))
        for name in PARAMETERS
        if name in answers and name not in fields
    ]
    return shown


def shown_consents(submission: Submission) -> list[GivenConsent]:
    """Return what was asked to be agreed to, and whether it was; nothing where the answers were erased."""
    return list(consents_of(submission)) if answers_of(submission).answers else []


def _without_signs(words: str) -> str:
    return "".join(character for character in words.casefold() if character.isalnum())


def other_submissions(submission: Submission) -> list[Submission]:
    """Return what else the person entered in the campaign, the newest first, :data:`MOST_SHOWN` at most.

    Who sees one entry of a campaign sees all of it, and a hash is of one
    campaign: named in the query, SQLite would read that campaign's every row.
    """
    if not submission.person_hash:
        return []
    # The index leaves out who is not known, and SQLite uses it only where that is said.
    same = Submission.objects.filter(~Q(person_hash=""), person_hash=submission.person_hash)
    newest = same.exclude(pk=submission.pk).order_by("-entered_at")[:MOST_SHOWN]
    return [row for row in newest if row.campaign_id == submission.campaign_id]
