"""Finding submissions: filters and search, each answered from an index, also at a million rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ingest_lambda.contract import tidy_reference
from submissions.models import ReceiptImage, Submission, SubmissionAnswers
from submissions.rules.names import fold
from submissions.services.merge import first_of

NEWEST_FIRST = ("-entered_at", "-id")
_A_QUERY = 900
"""Ids named in one query; SQLite may be built to take no more than 999."""
LOOKED_AT = 1000
"""Candidates of a search or a rare filter; who types one letter more finds the rest."""


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


@dataclass(frozen=True)
class Found:
    """The ids of what was found, the newest first; ``cut`` where not all candidates were looked at."""

    ids: list[UUID]
    cut: bool = False


def find(wanted: Wanted, *, campaigns: Sequence[UUID], most: int) -> Found:
    """Return up to ``most`` submissions, the newest first.

    Only rows of ``campaigns`` are found; whoever calls decides which those are.
    """
    rows = _narrowed(wanted)
    if wanted.text.strip():
        ids = _matching(wanted.text)
        return Found(_among(ids, rows, campaigns, most), cut=len(ids) >= LOOKED_AT)
    if wanted.photo_trouble:
        ids = _with_trouble()
        return Found(_among(ids, rows, campaigns, most), cut=len(ids) >= LOOKED_AT)
    if wanted.status and (wanted.test or wanted.conflict):
        # Few are: the planner would rather read all of a status, so that is looked at afterwards.
        few = _narrowed(replace(wanted, status=""))
        ids = _newest(few, campaigns, LOOKED_AT)
        return Found(_among(ids, rows, campaigns, most), cut=len(ids) >= LOOKED_AT)
    return Found(_newest(rows, campaigns, most))


def _newest(rows: QuerySet[Submission], campaigns: Sequence[UUID], most: int) -> list[UUID]:
    branches = [rows.filter(campaign=campaign) for campaign in campaigns]
    return first_of(branches, order=NEWEST_FIRST, most=most)


def _among(
    ids: Sequence[UUID], rows: QuerySet[Submission], campaigns: Sequence[UUID], most: int
) -> list[UUID]:
    """Return the newest of ``ids`` that are in ``rows`` and ``campaigns``.

    The campaigns are compared here: named in the query, they would have SQLite
    read every row of theirs instead of these few.
    """
    mine = set(campaigns)
    found: list[tuple[datetime, UUID]] = []
    for start in range(0, len(ids), _A_QUERY):
        some = rows.filter(pk__in=ids[start : start + _A_QUERY]).order_by()
        found += [
            (entered_at, pk)
            for pk, campaign, entered_at in some.values_list("pk", "campaign_id", "entered_at")
            if campaign in mine
        ]
    # As the columns of NEWEST_FIRST; SQLite and PostgreSQL both order ids as their hex text.
    found.sort(key=lambda row: (row[0], row[1].hex), reverse=True)
    return [pk for _, pk in found[:most]]


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
    return list(dict.fromkeys(newest[:LOOKED_AT]))


def _matching(text: str) -> list[UUID]:
    found: list[UUID] = []
    if reference := tidy_reference(text):
        found += Submission.objects.filter(reference=reference).values_list("pk", flat=True)
    if "@" in text:
        people = SubmissionAnswers.objects.filter(email=text.strip().lower())
        return list(_first(people))
    return list(dict.fromkeys([*found, *_by_name(text)]))


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
    return rows.order_by().values_list("submission_id", flat=True)[:LOOKED_AT]
