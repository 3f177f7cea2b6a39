"""The ledger's rounds: every photo, message, prize and submission of the table is here, in no older version.

The index by hour, by which ``ledger`` compares, tells of submissions alone. To
ask for the items of each submission is one call a submission, too dear for the
hundred thousands of an hour; to count photos here against those that were
announced finds no lost message and takes a photo that never came for a lost
one. So the whole table is read, names and versions only, a thousand items a
call: a gigabyte costs a few cents. Measured for 5,000 entries with 10,500
photos and messages, our CPU: 0.9 s, and 5.2 s by a call for each entry.

The clock's rounds take :data:`SECONDS_AN_HOUR` of every hour and go on where
they stopped; ``manage.py reconcile`` and the job that an operator starts read all of
it. The whole, and not the hours in which something was lost: a lost change may
be one of an entry of weeks ago.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Model, QuerySet, Value

from campaignhub import ingest
from campaignhub.ingest import ItemLine
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from submissions.awards.services.proof import awards_without_unit
from submissions.intake.services.repair import bring_here, chunks
from submissions.mirror.models import Award, DeletedTest, EntrantMessage, ReceiptImage, Submission
from submissions.mirror.services.writing import SETTLES_WITHIN
from submissions.operations.models import LedgerRound

SECONDS_AN_HOUR = 30
"""What a round by the clock may take of an hour: on AWS some hundred thousand items."""
_NAMED = 20
_ASKED_AT_ONCE = 500
_WORDS = {
    "SUBMISSION": "entry",
    "IMAGE": "photo",
    "MESSAGE": "message",
    "AWARD": "award",
    "UNIT": "unit",
}
_KEPT = 100
"""Rounds that are kept, for the record."""


def ask_for_round(*, actor: User, at: datetime, lost_at: datetime | None = None) -> Job:
    """Start the job that compares the whole table from its beginning.

    A round that goes by the clock begins anew, since what was lost may lie in
    the part that it has behind it. One that was asked for already is left alone,
    unless it began before ``lost_at``, when somebody knows that something was lost.
    """
    with transaction.atomic():
        under_way = _under_way().select_for_update().first()
        is_asked = under_way is not None and under_way.asked_by is not None
        if under_way is not None and not (
            is_asked and (lost_at is None or lost_at <= under_way.begun_at)
        ):
            under_way.delete()
            under_way = None
        if under_way is None:
            under_way = _begin(at, asked_by=actor)
            audit.record_line(
                "ledger.round_asked", actor=actor, client=None, target="ledger", at=at
            )
        return start(
            COMPARE_EVERYTHING,
            title="Compare everything with the table",
            client=None,
            actor=actor,
            at=at,
            total=under_way.expected,
            only_one="ledger:round",
        )


def _compare_next(job: Job, at: datetime) -> Step:
    """Compare a page for the round that was asked for, which may have begun anew meanwhile."""
    asked = _under_way().filter(asked_by__isnull=False).first()
    if asked is None:
        return Step(job.cursor, is_last=True)
    before = asked.position
    _compare_page(asked, settled=asked.begun_at, repair=True, at=at)
    is_noted = _note(asked, before)
    return Step(
        {"round": asked.pk},
        done=max(0, asked.items - job.done),
        total=max(asked.expected, asked.items),
        # One that was begun again behind this page is this job's as well.
        is_last=is_noted and asked.ended_at is not None,
    )


def _sum_up(job: Job) -> str:
    done = LedgerRound.objects.filter(pk=job.cursor.get("round")).first()
    if done is None:
        return "Nothing was compared."
    told = [f"{done.items} entries, photos, messages and prizes of the table were compared."]
    if done.repaired:
        told.append(f"{done.repaired} were missing here or older, and are repaired.")
    told.append(f"{done.gap_count} still differ." if done.gap_count else "None differs.")
    return " ".join(told)


def _give_back_to_the_clock(_job: Job, state: JobState, _at: datetime) -> None:
    """Let a round that was cancelled go on by the clock, as others do."""
    if state is JobState.CANCELLED:
        _under_way().update(asked_by=None)


COMPARE_EVERYTHING = Kind(
    name="operations.compare_everything",
    capability=Capability.OPERATIONS,
    step=_compare_next,
    summary=_sum_up,
    unit=("item", "items"),
    in_transaction=False,
    passing=(ingest.IngestBusy,),
    on_end=_give_back_to_the_clock,
)


def go_on(*, at: datetime, enough: Callable[[], bool]) -> None:
    """Go on with the clock's round, page by page, until it ends or ``enough`` says so.

    Where none is under way the next one begins; one that somebody asked for is
    left to its job, as long as that goes on: asked for as it ended, a round has none. Two at once do no harm: a page counts for the one who notes
    it first.

    Raises:
        IngestBusy: the table is busy or away; the next call goes on from there.
    """
    under_way = _under_way().first()
    if under_way is not None and under_way.asked_by_id is not None and _has_job():
        return
    under_way = under_way or _begin(at)
    while not under_way.ended_at:
        before = under_way.position
        _compare_page(under_way, settled=at - SETTLES_WITHIN, repair=True, at=at)
        if not _note(under_way, before) or enough():
            return


def compare_everything(*, at: datetime, repair: bool) -> LedgerRound:
    """Compare the whole table at once, and what is here with the table too; keep the result.

    Each award's unit is asked for in the stock as well. Here nothing can be that the table lacks, for all of it came from there: what
    is all the same is a gap that nobody closes by himself.

    Raises:
        IngestBusy: the table is busy or away; nothing is kept, ask again.
    """
    whole = LedgerRound(begun_at=at)
    while not whole.ended_at:
        _compare_page(whole, settled=None, repair=repair, at=at)
    for line in _without_item():
        _add_gap(whole, line)
    for award in awards_without_unit():
        _add_gap(whole, ItemLine(award.submission_id, "UNIT", award.prize))
    whole.save()
    return whole


def _has_job() -> bool:
    return Job.objects.filter(kind=COMPARE_EVERYTHING.name, ended_at=None).exists()


def _under_way() -> QuerySet[LedgerRound]:
    return LedgerRound.objects.filter(ended_at__isnull=True)


def _begin(at: datetime, asked_by: User | None = None) -> LedgerRound:
    models: tuple[type[Model], ...] = (Submission, ReceiptImage, EntrantMessage, Award)
    expected = sum(model._default_manager.count() for model in models)
    old = LedgerRound.objects.values_list("pk", flat=True)[_KEPT:]
    LedgerRound.objects.filter(pk__in=list(old)).delete()
    try:
        with transaction.atomic():
            return LedgerRound.objects.create(begun_at=at, expected=expected, asked_by=asked_by)
    except IntegrityError:
        # Somebody began one at the same moment.
        return _under_way().get()


def _note(under_way: LedgerRound, before: str) -> bool:
    """Keep how far a round is; ``False`` where somebody else was quicker, or it was begun anew."""
    names = ("position", "items", "repaired", "gap_count", "gaps", "ended_at")
    return bool(
        _under_way()
        .filter(pk=under_way.pk, position=before)
        .update(**{name: getattr(under_way, name) for name in names})
    )


def _compare_page(
    under_way: LedgerRound, *, settled: datetime | None, repair: bool, at: datetime
) -> None:
    """Compare one page of the table; of what came from ``settled`` on nothing is said."""
    lines, position = ingest.items_after(under_way.position)
    lost = [
        line
        for line in _not_here(lines)
        if settled is None or line.came_at is None or line.came_at < settled
    ]
    if lost and repair:
        bring_here(sorted({line.submission_id for line in lost}), at=at)
        left = _not_here(lost)
        under_way.repaired += len(lost) - len(left)
        lost = left
    for line in lost:
        _add_gap(under_way, line)
    under_way.items += len(lines)
    under_way.position = position
    if not position:
        under_way.ended_at = at


def _add_gap(under_way: LedgerRound, line: ItemLine) -> None:
    under_way.gap_count += 1
    if len(under_way.gaps) < _NAMED:
        under_way.gaps.append(f"{_WORDS[line.kind]} of {line.submission_id}")


def _not_here(lines: Sequence[ItemLine]) -> list[ItemLine]:
    """Return the lines of which we have nothing, or an older version."""
    here: dict[tuple[str, UUID, str], int] = {}
    for kind, group in groupby(sorted(lines, key=_kind), key=_kind):
        here |= _versions_here(kind, list(group))
    behind = [
        line
        for line in lines
        if here.get((line.kind, line.submission_id, line.name), 0) < line.version
    ]
    if not behind:
        return []
    deleted = set(
        DeletedTest.objects.filter(pk__in={line.submission_id for line in behind}).values_list(
            "pk", flat=True
        )
    )
    return [line for line in behind if line.submission_id not in deleted]


def _kind(line: ItemLine) -> str:
    return line.kind


def _versions_here(kind: str, lines: Sequence[ItemLine]) -> dict[tuple[str, UUID, str], int]:
    ids = {line.submission_id for line in lines}
    rows: Any
    if kind == "SUBMISSION":
        rows = (
            (pk, "", n)
            for pk, n in Submission.objects.filter(pk__in=ids).values_list("pk", "version")
        )
    elif kind == "IMAGE":
        # Put once, so what is here is what was put.
        photos = ReceiptImage.objects.filter(pk__in={line.name for line in lines})
        versions = {line.name: line.version for line in lines}
        rows = ((pk, key, versions[key]) for pk, key in photos.values_list("submission_id", "pk"))
    elif kind == "MESSAGE":
        said = EntrantMessage.objects.filter(submission_id__in=ids)
        rows = said.values_list("submission_id", "message_id", "version")
    else:
        rows = Award.objects.filter(submission_id__in=ids).values_list(
            "submission_id", "prize", "version"
        )
    return {(kind, pk, str(name)): version for pk, name, version in rows}


def _without_item() -> Iterator[ItemLine]:
    """Yield what is here of photos, messages and awards and is not in the table, or older there."""
    # Photos and messages are put once; an award moves.
    here: tuple[tuple[str, QuerySet[Any], str, Any], ...] = (
        ("IMAGE", ReceiptImage.objects.order_by(), "key", Value(1)),
        ("MESSAGE", EntrantMessage.objects.order_by(), "message_id", Value(1)),
        ("AWARD", Award.objects.order_by(), "prize", F("version")),
    )
    for kind, rows, name, version in here:
        found = rows.values_list("submission_id", name, version).iterator(chunk_size=5000)
        for chunk in chunks(found, _ASKED_AT_ONCE):
            lines = [ItemLine(pk, kind, str(named), version=at) for pk, named, at in chunk]
            yield from ingest.absent_items(lines)
