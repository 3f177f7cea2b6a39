"""Who entered, as far as it is still known; and who is looking."""

from django.db.models import Q
from django.http import HttpRequest

from campaigns.accounts.models import User
from campaigns.publishing.models import Release
from ingest_lambda.contract.grammar.sources import PARAMETERS
from ingest_lambda.contract.grammar.text import isolated
from submissions.mirror.models import Submission, SubmissionAnswers
from submissions.mirror.rules.masking import hidden_meaning, mask, shown_name
from submissions.mirror.rules.wording import in_words

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


def shown_answers(submission: Submission, *, masked: bool) -> list[tuple[str, str, str]]:
    """Return what was answered: the label, what it means to us where that says more, the answer."""
    answers = answers_of(submission).answers
    sent_to = _fields_of_release(submission) if masked else {}
    shown = []
    for row in submission.campaign.form_fields.all():
        if row.name not in answers:
            continue
        value = answers[row.name]
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        meaning = in_words(row.meaning)
        same = _without_signs(meaning) == _without_signs(str(row))
        if masked:
            asked_as = (row.meaning, row.kind)
            text = mask(text, hidden_meaning(asked_as, sent_to.get(row.name, asked_as)))
        shown.append((str(row), "" if same else meaning, isolated(text)))
    # Where the visitor came from needs no row in the form.
    named = {row.name for row in submission.campaign.form_fields.all()}
    shown += [
        (name, "from the page's address", isolated(str(answers[name])))
        for name in PARAMETERS
        if name in answers and name not in named
    ]
    return shown


def _fields_of_release(submission: Submission) -> dict[str, tuple[str, str]]:
    """Return meaning and kind of each field, by name, of the form that an entry was sent with.

    The form that staff see may have been changed since.
    """
    rows = Release.objects.filter(
        campaign=submission.campaign_id, number=submission.release, is_test=submission.is_test
    )
    manifest = rows.values_list("manifest", flat=True).first() or {}
    return {
        field["name"]: (field.get("meaning") or "", field["kind"])
        for field in manifest.get("fields", ())
    }


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
