"""An upload arrived: find out what it is, keep it, write its facts. Never touches the submission."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from ingest_lambda.adapters.bucket import Bucket, kept_prefix
from ingest_lambda.adapters.decoder import Decoder, shared_decoder
from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import ImageRecord, ImageRefusal, Page, is_slug
from ingest_lambda.contract.photos import LARGEST_BYTES
from ingest_lambda.pictures import NoPicture, Picture, check_size, sha256_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where an upload belongs, as its key says."""

    key: str
    slug: str
    submission_id: UUID
    attempt: int
    receipt: int
    part: int


_NUMBER = "([1-9][0-9]?)"
"""An attempt, a receipt or a part (``contract.token``)."""
_UUID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_INCOMING = re.compile(f"incoming/([^/]+)/{_UUID}/{_NUMBER}/{_NUMBER}-{_NUMBER}-[0-9a-f]{{8}}")


def place_of(key: str) -> Place | None:
    """Read an incoming key; ``None`` for one that is not of our making (``contract.incoming_key``).

    Exactly: what is nearly such a key would become facts that the site has no place for.
    """
    found = _INCOMING.fullmatch(key)
    if found is None or not is_slug(found[1]):
        return None
    attempt, receipt, part = (int(text) for text in found.group(3, 4, 5))
    return Place(key, found[1], UUID(found[2]), attempt, receipt, part)


ALONE_FROM = 3
"""From this delivery on a record is the only one of its kind in a call: it may have ended the calls before."""
LAST_DELIVERY = 11
"""After which the queue would put it among the dead letters (``maxReceiveCount`` in template.yaml)."""
SECONDS_TO_WRITE = 5
"""What is left of a call's time for the copies and the facts."""


@dataclass(frozen=True)
class ImageKeeper:
    """What the images function works with; built once per warm function."""

    table: Table
    releases: Releases
    bucket: Bucket
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    decoder: Decoder = field(default_factory=shared_decoder)

    def handle(
        self,
        body: str,
        *,
        receives: int = 1,
        seconds_left: Callable[[], float] | None = None,
    ) -> None:
        """Look at every object that one S3 notification names (its test event names none).

        The last of ``receives`` decodes nothing. All before have failed, so the
        file is said to give no picture: staff see its entry with the file
        beside it, and no photo of a visitor lies among dead letters.

        Raises:
            TryAgain: there was not enough time left of this call.
        """
        event: dict[str, Any] = json.loads(body)
        for record in event.get("Records", []):
            place = place_of(unquote_plus(record["s3"]["object"]["key"]))
            if place is not None:
                log_about(place.submission_id)
                seconds = seconds_left() - SECONDS_TO_WRITE if seconds_left else None
                self.keep(place, decode=receives < LAST_DELIVERY, seconds=seconds)

    def keep(self, place: Place, *, decode: bool = True, seconds: float | None = None) -> None:
        """Keep one upload and its facts.

        Twice is once: the facts are put if absent, the copies lie under keys
        that follow from the upload's and its hash, and an upload that is gone
        was kept before. The upload is deleted last, so that a crash in between is
        repaired by the next delivery.
        """
        if self.table.photos.has_image(place.submission_id, place.key):
            # Known already: a form takes further files as long as it lives, and none of them counts.
            self.bucket.delete(place.key)
            return
        content = self.bucket.read(place.key)
        if content is None:
            return
        record = self._record(place, content, decode=decode, seconds=seconds)
        self.table.photos.put_image(record)
        self.bucket.delete(place.key)

    def _record(
        self, place: Place, content: bytes, *, decode: bool, seconds: float | None
    ) -> ImageRecord:
        digest = sha256_of(content)
        folder = kept_prefix(place.key, digest)
        original_key = f"{folder}/original"
        facts: dict[str, Any] = {
            "submission_id": place.submission_id,
            "slug": place.slug,
            "attempt": place.attempt,
            "receipt": place.receipt,
            "part": place.part,
            "key": place.key,
            "size": len(content),
            "sha256": digest,
            "checked_at": self.clock(),
        }
        try:
            check_size(content, largest_bytes=LARGEST_BYTES)
            picture = self._look(place, content, seconds=seconds, decode=decode)
        except NoPicture as refused:
            if refused.why not in (ImageRefusal.EMPTY, ImageRefusal.TOO_LARGE):
                self.bucket.write(original_key, content, "application/octet-stream")
                facts["original_key"] = original_key
            return ImageRecord(
                content_type="application/octet-stream", refusal=refused.why, **facts
            )
        self.bucket.write(original_key, content, picture.content_type)
        pages = []
        for number, copy in enumerate(picture.copies, start=1):
            page = Page(
                view_key=f"{folder}/page-{number}.jpg",
                thumbnail_key=f"{folder}/thumb-{number}.jpg",
                width=copy.width,
                height=copy.height,
            )
            self.bucket.write(page.view_key, copy.view, "image/jpeg")
            self.bucket.write(page.thumbnail_key, copy.thumbnail, "image/jpeg")
            pages.append(page)
        return ImageRecord(
            content_type=picture.content_type,
            width=picture.width,
            height=picture.height,
            pages=tuple(pages),
            exif=picture.exif,
            original_key=original_key,
            seen_on=self._seen_on(place, digest),
            **facts,
        )

    def _look(
        self, place: Place, content: bytes, *, seconds: float | None, decode: bool
    ) -> Picture:
        if not decode:
            logger.error("given up", extra={"key": place.key})
            raise NoPicture(ImageRefusal.DAMAGED)
        return self.decoder.look(content, seconds=seconds)

    def _seen_on(self, place: Place, digest: str) -> UUID | None:
        """Return the other submission of this campaign that holds the same file."""
        current = self.releases.current(place.slug)
        manifest = current and self.releases.manifest(place.slug, current.release)
        if not manifest:
            return None
        guard = f"file:{digest}"
        holder = self.table.limits.hold_guard(manifest.campaign_id, guard, place.submission_id)
        return holder if holder != place.submission_id else None
