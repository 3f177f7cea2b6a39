"""Finding submissions: filters and search, each answered from an index, also at a million rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ingest_lambda.contract import tidy_reference
from submissions.models import ReceiptImage, Submission, SubmissionAnswers
from submissions.rules.names import fold
from submissions.services.merge import first_of

NEWEST_FIRST = ("-entered_at", "-id")
NAMES_LOOKED_AT = 5000
"""A search for a common name stops here: who types one letter more finds the rest."""
TROUBLES_LOOKED_AT = 5000


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``older_than`` is the last row of the page before: its entry and id."""

    status: str = ""
    test: bool = False
    photo_trouble: bool = False
    conflict: bool = False
    text: str = ""
    older_than: tuple[datetime, UUID] | None = None


def kind_of_search(text: str) -> str:
    """Say what somebody typed: ``reference``, ``email``, ``name``, or nothing."""
    if not text.strip():
        return ""
    if tidy_reference(text):
        return "reference"
    return "email" if "@" in text else "name"


def find(wanted: Wanted, *, campaigns: Sequence[UUID], most: int) -> list[UUID]:
    """Return the ids of up to ``most`` submissions, the newest first.

    Only rows of ``campaigns`` are found; whoever calls decides which those are.
    """
    rows = _narrowed(wanted)
    if wanted.text.strip():
        found = rows.filter(_matches(wanted.text), campaign__in=campaigns)
        return list(found.order_by(*NEWEST_FIRST).values_list("pk", flat=True)[:most])
    if wanted.photo_trouble:
        rows = rows.filter(pk__in=_with_trouble(), campaign__in=campaigns)
        return list(rows.order_by(*NEWEST_FIRST).values_list("pk", flat=True)[:most])
    branches = [rows.filter(campaign=campaign) for campaign in campaigns]
    return first_of(branches, order=NEWEST_FIRST, most=most) if branches else []


def _narrowed(wanted: Wanted) -> QuerySet[Submission]:
    rows = Submission.objects.filter(is_test=wanted.test)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.conflict:
        rows = rows.filter(conflicts__gt=0)
    if wanted.photo_trouble and wanted.text.strip():
        rows = rows.filter(Exists(_troubles().filter(submission_id=OuterRef("pk"))))
    if wanted.older_than:
        at, submission_id = wanted.older_than
        # The first condition is the one that an index can start from.
        rows = rows.filter(Q(entered_at__lte=at), Q(entered_at__lt=at) | Q(id__lt=submission_id))
    return rows


def _troubles() -> QuerySet[ReceiptImage]:
    return ReceiptImage.objects.filter(~Q(refusal="") | Q(seen_on__isnull=False)).order_by()


def _with_trouble() -> list[UUID]:
    newest = _troubles().order_by("-checked_at").values_list("submission_id", flat=True)
    return list(dict.fromkeys(newest[:TROUBLES_LOOKED_AT]))


def _matches(text: str) -> Q:
    reference = tidy_reference(text)
    by_name = Q(pk__in=_by_name(text))
    if reference:
        return Q(reference=reference) | by_name
    if "@" in text:
        return Q(
            pk__in=SubmissionAnswers.objects.filter(email=text.strip().lower()).values(
                "submission_id"
            )
        )
    return by_name


def _by_name(text: str) -> list[UUID]:
    """Return whose given or family name begins so, or who is called so in full."""
    people = SubmissionAnswers.objects.all()
    given, _, family = fold(text).rpartition(" ")
    whole = fold(text)
    found = list(_first(people.filter(family_name_key__prefix=whole)))
    found += _first(people.filter(given_name_key__prefix=whole))
    if given:
        found += _first(people.filter(family_name_key__prefix=family, given_name_key=given))
    return list(dict.fromkeys(found))


def _first(rows: QuerySet[SubmissionAnswers]) -> QuerySet[SubmissionAnswers, UUID]:
    return rows.order_by().values_list("submission_id", flat=True)[:NAMES_LOOKED_AT]
