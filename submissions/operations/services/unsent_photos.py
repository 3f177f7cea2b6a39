"""The sweep of photos that no submission names: from the table, the bucket and here.

A photo is uploaded before its form is sent, and replaced as often as its sender
likes. What no submission names 48 hours after the end of its token goes. Its
facts go first, in a transaction with the condition that the submission is as it
was read; then the files; last the rows here, by which a round that was killed
finds it again. An entry that was sent in time and is not written yet keeps its
photos (``in_flight``).

Twice is once, and two rounds at once do no harm: each photo counts for the one
that removes its row.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from campaignhub import ingest
from ingest_lambda.contract import (
    INCOMING,
    UNSENT_KEPT,
    SubmissionRecord,
    kept_folder,
    owner_of,
    slug_of_upload,
)
from submissions.intake.services.repair import bring_here
from submissions.mirror.models import ReceiptImage, Submission, SubmissionEvent
from submissions.mirror.services.rows import checked_line
from submissions.operations.models import StuckSubmission, UnsentRound
from submissions.operations.rules.unsent_photos import LONGEST_ASKED, begun_before, token_ends
from submissions.operations.services import bucket, in_flight
from submissions.receipts.models import SubmittedFile

MOST_A_ROUND = 2000
MOST_UPLOADS = 1000
"""Of those that were never looked at: what one call lists."""
_COUNTED_TO = 10_000
"""How far the page of operations counts what waits."""
_MOST_TROUBLES = 3
_AWAY = "The table or the bucket didn't answer; the next round goes on."
_ROUNDS_KEPT = timedelta(days=31)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Photo:
    """An upload of which nothing here says that it was submitted."""

    key: str
    submission_id: UUID
    attempt: int
    came_at: datetime
    is_known: bool = True
    """There are facts about it; of others nothing is here, and only the upload lies in the bucket."""


@dataclass(frozen=True)
class Unsent:
    """What operators are shown."""

    waiting: int
    """Photos that no submission names, up to :data:`_COUNTED_TO`."""
    counted_all: bool
    swept_today: int
    """In the last 24 hours."""
    swept_lately: int
    """In the last 31 days."""
    last: UnsentRound | None


def sweep_unsent(*, at: datetime, enough: Callable[[], bool]) -> UnsentRound:
    """Sweep what is due, until all of a round is done or ``enough`` says so; return what came of it.

    The next round goes on behind the last photo of this one, whatever became of
    it, so that none stands in the way of others.
    """
    UnsentRound.objects.filter(begun_at__lt=at - _ROUNDS_KEPT).delete()
    last = UnsentRound.objects.first() or UnsentRound()
    this = UnsentRound.objects.create(begun_at=at, after=last.after, position=last.position)
    _Sweep(this, at, enough).run()
    this.ended_at = at
    this.save(update_fields=["ended_at", "kept_back", "why", "after", "position"])
    this.refresh_from_db()
    return this


def unsent(*, at: datetime) -> Unsent:
    """Count what waits and what was swept."""
    waiting = SubmittedFile.objects.filter(scope__isnull=True).values_list("pk")
    count = len(waiting[: _COUNTED_TO + 1])
    rounds = UnsentRound.objects.all()
    today = rounds.filter(begun_at__gt=at - timedelta(days=1))
    return Unsent(
        waiting=min(count, _COUNTED_TO),
        counted_all=count <= _COUNTED_TO,
        swept_today=today.aggregate(n=Sum("swept"))["n"] or 0,
        swept_lately=rounds.aggregate(n=Sum("swept"))["n"] or 0,
        last=rounds.exclude(ended_at=None).first(),
    )


class _Sweep:
    """One round."""

    def __init__(self, this: UnsentRound, at: datetime, enough: Callable[[], bool]) -> None:
        self._this = this
        self._at = at
        self._enough = enough
        self._troubles = 0
        self._flight = in_flight.InFlight(at)
        self._campaigns: dict[str, str | None] = {}

    def run(self) -> None:
        """Go through what is due of first photos, of second ones, and of what was never looked at."""
        this = self._this
        first = list(_first_photos(this.after, self._at))
        again = list(_second_photos(self._at))
        try:
            fresh = bucket.keys_after(this.position, prefix=INCOMING, most=MOST_UPLOADS)
        except bucket.BucketBusy:
            self._note(_AWAY)
            return
        if not (first or again or fresh):
            this.after, this.position = None, ""
            return
        self._flight = in_flight.look(at=self._at)
        for photos in _by_submission(again):
            self._look_at(photos)
        for photos in _by_submission(first):
            if not self._look_at(photos):
                return
            this.after = photos[0].submission_id
        if len(first) < MOST_A_ROUND:
            this.after = None
        for photos in _by_submission(list(_never_looked_at(fresh, self._at))):
            if not self._look_at(photos):
                return
            this.position = photos[-1].key
        this.position = fresh[-1][0] if len(fresh) == MOST_UPLOADS else ""

    def _note(self, why: str) -> None:
        self._this.why = self._this.why or why

    def _look_at(self, photos: list[_Photo]) -> bool:
        """Settle the photos of one submission; ``False`` where the round is over."""
        if self._enough() or self._troubles >= _MOST_TROUBLES:
            return False
        try:
            self._settle(photos)
        except (ingest.IngestBusy, bucket.BucketBusy):
            self._troubles += 1
            self._note(_AWAY)
        except ValueError as exc:
            # An item of a later version of ours: it may name them, so they stay.
            logger.warning("unsent photos: an item cannot be read (%s)", type(exc).__name__)
        return True

    def _settle(self, photos: list[_Photo]) -> None:
        submission_id = photos[0].submission_id
        record = ingest.read_submission(submission_id)
        due = [
            (photo, ends_at)
            for photo in photos
            if (ends_at := _ends_at(photo, record)) + UNSENT_KEPT <= self._at
        ]
        if record is not None and any(_is_named(photo, record) for photo, _ in due):
            # Only the mirror doesn't know it yet.
            bring_here([submission_id], at=self._at)
            due = [(photo, ends_at) for photo, ends_at in due if not _is_named(photo, record)]
        if StuckSubmission.objects.filter(pk=submission_id).exists():
            waiting = [ends for _, ends in due if ends > self._at - in_flight.LONGEST_SEEN]
            self._this.kept_back += len(waiting)
            if waiting:
                self._note("Their entries are among the dead letters, or were lately.")
            due = [(photo, ends) for photo, ends in due if ends not in waiting]
        for photo, ends_at in due:
            if ends_at >= self._flight.since:
                self._this.kept_back += 1
                self._note(self._flight.why)
            else:
                self._sweep(photo, record)

    def _sweep(self, photo: _Photo, record: SubmissionRecord | None) -> None:
        unsent = ingest.UnsentPhoto(
            submission_id=photo.submission_id,
            attempt=photo.attempt,
            key=photo.key,
            seen=record,
            campaign_id=record.campaign_id if record else self._campaign_of(photo),
        )
        if not ingest.forget_photo(unsent):
            return  # its submission was written at this moment
        bucket.empty_folder(kept_folder(photo.key))
        bucket.remove([photo.key])
        _drop_rows(self._this, photo)

    def _campaign_of(self, photo: _Photo) -> str | None:
        """Return the id by which the table knows a campaign; its release is large, so it is read once."""
        slug = slug_of_upload(photo.key)
        if slug not in self._campaigns:
            current = ingest.read_current(slug)
            release = current and ingest.read_release(slug, current.release)
            self._campaigns[slug] = release.campaign_id if release else None
        return self._campaigns[slug]


def _by_submission(photos: list[_Photo]) -> Iterator[list[_Photo]]:
    for _, group in groupby(photos, key=lambda photo: photo.submission_id):
        yield list(group)


def _unsent() -> QuerySet[Any]:
    when = ReceiptImage.objects.filter(pk=OuterRef("pk")).values("checked_at")
    asked = Submission.objects.filter(pk=OuterRef("submission_id")).values("resubmit_until")
    return (
        SubmittedFile.objects.filter(scope__isnull=True)
        .annotate(came_at=Subquery(when[:1]), asked_until=Subquery(asked[:1]))
        .exclude(came_at=None)
        .order_by("submission_id", "key")
    )


def _photos(rows: QuerySet[Any]) -> Iterator[_Photo]:
    found = rows.values_list("key", "submission_id", "attempt", "came_at")
    return (_Photo(*row) for row in found[:MOST_A_ROUND])


def _first_photos(after: UUID | None, at: datetime) -> Iterator[_Photo]:
    """Yield photos of first attempts whose time is over, from one id on."""
    rows = _unsent().filter(attempt=1, submission_id__lt=begun_before(at))
    return _photos(rows.filter(submission_id__gt=after) if after else rows)


def _second_photos(at: datetime) -> Iterator[_Photo]:
    """Yield photos of later attempts whose time is over, as far as it is known here."""
    is_over = Q(asked_until__lte=at - UNSENT_KEPT) | Q(
        asked_until=None, came_at__lte=at - UNSENT_KEPT - LONGEST_ASKED
    )
    return _photos(_unsent().filter(is_over, attempt__gt=1))


def _never_looked_at(found: list[tuple[str, datetime]], at: datetime) -> Iterator[_Photo]:
    """Yield uploads that the images function has not looked at, and whose time may be over."""
    for key, came_at in found:
        owner = owner_of(key)
        if owner and came_at < at - UNSENT_KEPT:
            yield _Photo(key, *owner, came_at, is_known=False)


def _ends_at(photo: _Photo, record: SubmissionRecord | None) -> datetime:
    asked_until = record.resubmit_until if record else None
    return token_ends(
        photo.submission_id, photo.attempt, came_at=photo.came_at, asked_until=asked_until
    )


def _is_named(photo: _Photo, record: SubmissionRecord) -> bool:
    if record.names(photo.key):
        return True
    # Answered before submissions named their earlier photos: nobody can tell, so it is kept.
    return photo.attempt < record.attempt and not record.earlier_keys


@transaction.atomic
def _drop_rows(this: UnsentRound, photo: _Photo) -> None:
    """Remove what is here of a photo and count it, once; one that was submitted at this moment stays."""
    here = SubmittedFile.objects.filter(pk=photo.key)
    gone, _ = here.filter(scope__isnull=True).delete()
    if not gone and (photo.is_known or here.exists()):
        return
    ReceiptImage.objects.filter(pk=photo.key).delete()
    if not Submission.objects.filter(pk=photo.submission_id).exists():
        line = checked_line(photo.key, photo.attempt)
        SubmissionEvent.objects.filter(submission_id=photo.submission_id, dedupe=line).delete()
    UnsentRound.objects.filter(pk=this.pk).update(swept=F("swept") + 1)
