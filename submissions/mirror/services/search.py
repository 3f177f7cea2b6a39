"""Finding submissions: filters and search, each answered from an index, also at a million rows."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.accounts.tenancy import unscoped
from ingest_lambda.contract import tidy_reference
from ingest_lambda.contract.grammar.email import spellings
from ingest_lambda.contract.grammar.text import clean
from submissions.mirror.models import ConsentAnswer, ReceiptImage, Submission, SubmissionAnswers
from submissions.mirror.rules.names import NAME_KEY_CHARS, fold
from submissions.mirror.services.by_campaign import first_of

NEWEST_FIRST = ("-entered_at", "-id")
_A_QUERY = 900
"""Ids named in one query; SQLite may be built to take no more than 999."""
LOOKED_AT = 1000
"""Candidates of a search or a rare filter; who types one letter more finds the rest."""
_DIGIT = re.compile(r"\d")
_Row = tuple[datetime, UUID, UUID]
"""When an entry came, its id, and its campaign's."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``older_than`` is the last row of the page before: its entry and id."""

    status: str = ""
    test: bool = False
    photo_trouble: bool = False
    conflict: bool = False
    consent: str = ""
    """The column of an optional consent; its ``consent_answer`` is ``yes`` or ``no``."""
    consent_answer: str = "yes"
    consent_version: int | None = None
    text: str = ""
    older_than: tuple[datetime, UUID] | None = None


Kind = Literal["", "reference", "id", "email", "name"]


def kind_of_search(text: str) -> Kind:
    """Say what was typed: a ``reference``, an ``id``, an ``email``, a ``name``, or nothing.

    A name of eight letters can be read as a reference ("Lovelace" as 10VE-1ACE),
    so only a reference with a digit is surely none of a person.
    """
    if not text.strip():
        return ""
    if _id(text):
        return "id"
    if tidy_reference(text) and _DIGIT.search(text):
        return "reference"
    return "email" if "@" in text else "name"


@dataclass(frozen=True)
class Found:
    """The ids of what was found, the newest first; ``cut`` where not all candidates were looked at."""

    ids: list[UUID]
    cut: bool = False
    hits: Counter[UUID] = field(default_factory=Counter)
    """Of a search: how many fit in each campaign, this page's and the older ones' together."""
    by: Kind = ""
    """What the search turned out to be of: eight letters that are an entry's reference are no name."""


def find(
    wanted: Wanted, *, campaigns: Sequence[UUID], by_person: Collection[UUID], most: int
) -> Found:
    """Return up to ``most`` submissions, the newest first.

    Only rows of ``campaigns`` are found; the caller decides which those are.
    Those of ``by_person`` are found by name and address too, all others by a
    whole reference or id alone: where a page masks a name, a search by its
    beginning would give it away, a letter at a time.
    """
    rows = _narrowed(wanted)
    if wanted.text.strip():
        return _searched(wanted.text, rows, campaigns, by_person, most)
    if wanted.consent and not (wanted.photo_trouble or wanted.status or wanted.conflict):
        return Found(_by_consent(wanted, campaigns, most))
    if wanted.consent and not wanted.photo_trouble:
        answered = _by_consent(wanted, campaigns, LOOKED_AT)
        fit = _among(answered, rows, campaigns)
        return Found(_ids(fit, most), cut=len(answered) >= LOOKED_AT)
    if wanted.photo_trouble:
        photos = _with_photo_problems(campaigns)
        ids = list(dict.fromkeys(photos))
        return Found(_ids(_among(ids, rows, campaigns), most), cut=len(photos) >= LOOKED_AT)
    if wanted.status and (wanted.test or wanted.conflict):
        # Few are: the planner would rather read all of a status, so that is looked at afterwards.
        few = _narrowed(replace(wanted, status=""))
        ids = _newest(few, campaigns, LOOKED_AT)
        return Found(_ids(_among(ids, rows, campaigns), most), cut=len(ids) >= LOOKED_AT)
    return Found(_newest(rows, campaigns, most))


def _searched(
    text: str,
    rows: QuerySet[Submission],
    campaigns: Sequence[UUID],
    by_person: Collection[UUID],
    most: int,
) -> Found:
    by = kind_of_search(text)
    found = _among(_of_reference(text), rows, campaigns)
    people: list[UUID] = []
    open_to = [campaign for campaign in campaigns if campaign in by_person]
    if open_to and by in ("email", "name"):
        people = _of_person(text)
        persons = _among(people, rows, open_to)
        if found and not persons:
            by = "reference"
        found = list(dict.fromkeys([*found, *persons]))
    hits = Counter(campaign for _at, _pk, campaign in found)
    return Found(_ids(found, most), cut=len(people) >= LOOKED_AT, hits=hits, by=by)


def _newest(rows: QuerySet[Submission], campaigns: Sequence[UUID], most: int) -> list[UUID]:
    branches = [rows.filter(campaign=campaign) for campaign in campaigns]
    return first_of(branches, order=NEWEST_FIRST, most=most)


def _among(
    ids: Sequence[UUID], rows: QuerySet[Submission], campaigns: Sequence[UUID]
) -> list[_Row]:
    """Return those of ``ids`` that are in ``rows`` and ``campaigns``.

    The campaigns are compared here: named in the query, they would have SQLite
    read every row of theirs instead of these few.
    """
    mine = set(campaigns)
    found: list[_Row] = []
    for start in range(0, len(ids), _A_QUERY):
        some = rows.filter(pk__in=ids[start : start + _A_QUERY]).order_by()
        found += [
            (entered_at, pk, campaign)
            for pk, campaign, entered_at in some.values_list("pk", "campaign_id", "entered_at")
            if campaign in mine
        ]
    return found


def _ids(found: list[_Row], most: int) -> list[UUID]:
    """Return the newest ``most`` of ``found``."""
    # As the columns of NEWEST_FIRST; SQLite and PostgreSQL both order ids as their hex text.
    found = sorted(found, key=lambda row: (row[0], row[1].hex), reverse=True)
    return [pk for _at, pk, _campaign in found[:most]]


def _narrowed(wanted: Wanted) -> QuerySet[Submission]:
    rows = Submission.objects.filter(is_test=wanted.test)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.conflict:
        rows = rows.filter(conflicts__gt=0)
    if wanted.photo_trouble and wanted.text.strip():
        rows = rows.filter(Exists(_troubles().filter(submission_id=OuterRef("pk"))))
    if wanted.consent:
        rows = rows.filter(Exists(_answers(wanted).filter(submission=OuterRef("pk"))))
    if wanted.older_than:
        at, submission_id = wanted.older_than
        # The first condition is the one that an index can start from.
        rows = rows.filter(Q(entered_at__lte=at), Q(entered_at__lt=at) | Q(id__lt=submission_id))
    return rows


def _answers(wanted: Wanted) -> QuerySet[ConsentAnswer]:
    answers = ConsentAnswer.objects.filter(name=wanted.consent, answer=wanted.consent_answer)
    if wanted.consent_version is not None:
        answers = answers.filter(version=wanted.consent_version)
    return answers


def _by_consent(wanted: Wanted, campaigns: Sequence[UUID], most: int) -> list[UUID]:
    """Return the newest entries with an answer to a consent, through the index of the answers."""
    answers = _answers(wanted).filter(submission__is_test=wanted.test)
    if wanted.older_than:
        at, submission_id = wanted.older_than
        answers = answers.filter(
            Q(entered_at__lte=at), Q(entered_at__lt=at) | Q(submission__lt=submission_id)
        )
    branches = [answers.filter(campaign=campaign) for campaign in campaigns]
    return first_of(branches, order=("-entered_at", "-submission_id"), most=most)


def _troubles() -> QuerySet[ReceiptImage]:
    return ReceiptImage.objects.filter(~Q(refusal="") | Q(seen_on__isnull=False)).order_by()


def _with_photo_problems(campaigns: Sequence[UUID]) -> list[UUID]:
    """Return the entries of ``campaigns`` whose photos were in trouble last, once for each photo.

    Asked before the limit: files that are no pictures, uploaded without an entry or
    to another client's campaign, are quickly a thousand, and must hide none.
    """
    of_these = Submission.objects.filter(pk=OuterRef("submission_id"), campaign__in=campaigns)
    newest = _troubles().filter(Exists(of_these)).order_by("-checked_at")
    return list(newest.values_list("submission_id", flat=True)[:LOOKED_AT])


def _of_reference(text: str) -> list[UUID]:
    """Return what has this id or this whole reference."""
    if (submission_id := _id(text)) is not None:
        return [submission_id]
    if reference := tidy_reference(text):
        return list(Submission.objects.filter(reference=reference).values_list("pk", flat=True))
    return []


def _id(text: str) -> UUID | None:
    """Return the id that was typed whole, in the one spelling that addresses have."""
    try:
        text = clean(text)
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _of_person(text: str) -> list[UUID]:
    if "@" in text:
        return list(_first(SubmissionAnswers.objects.filter(email__in=spellings(text))))
    with unscoped("candidates by name, of which the caller keeps those of its campaigns"):
        return _by_name(text)


def _by_name(text: str) -> list[UUID]:
    """Return whose given or family name begins so, or who is called so in full, of every client.

    The limit is on what an index names first. To look up beforehand whose each
    entry is would read a hundred thousand for the first letter of a common name.
    """
    people = SubmissionAnswers.objects.all()
    whole = fold(text)[:NAME_KEY_CHARS]
    given, _, family = whole.rpartition(" ")
    found = list(_first(people.filter(family_name_key__prefix=whole)))
    found += _first(people.filter(given_name_key__prefix=whole))
    if given:
        found += _first(people.filter(family_name_key__prefix=family, given_name_key=given))
    return list(dict.fromkeys(found))


def _first(rows: QuerySet[SubmissionAnswers]) -> QuerySet[SubmissionAnswers, UUID]:
    return rows.order_by().values_list("submission_id", flat=True)[:LOOKED_AT]
