"""Photos as they lie in the table, the bucket and here, for tests of what becomes of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    Current,
    ImageRecord,
    Manifest,
    Record,
    SubmissionRecord,
    Upload,
    incoming_key,
    kept_folder,
)
from ingest_lambda.functions.start import new_submission_id
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import ReceiptImage, SubmissionEvent
from submissions.operations.models import UnsentRound
from submissions.operations.services.unsent_photos import sweep_unsent
from submissions.receipts.models import SubmittedFile
from tests.submissions.factories import NOON, make_record, streamed

KEPT = timedelta(hours=48)
DUE = NOON + timedelta(hours=72)
"""When what was begun at noon is over for 48 hours."""


@dataclass(frozen=True)
class Taken:
    """One photo, and where it is."""

    upload: Upload
    image: ImageRecord

    @property
    def key(self) -> str:
        """Return the key of its upload."""
        return self.upload.key

    def places(self) -> set[str]:
        """Name the places that still have something of it."""
        table, about = ingest.clients.submissions_table(), self.image.submission_id
        found = {
            "facts": table.photos.has_image(about, self.key),
            "hint": table.store.get(_hint(self.image)) is not None,
            "files": bool(files_under(kept_folder(self.key))),
            "upload": bool(files_under(self.key)),
            "photo": ReceiptImage.objects.filter(pk=self.key).exists(),
            "half": SubmittedFile.objects.filter(pk=self.key).exists(),
            "line": SubmissionEvent.objects.filter(submission_id=about, kind="checked").exists(),
        }
        return {place for place, is_there in found.items() if is_there}


EVERYWHERE = {"facts", "hint", "files", "photo", "half", "line"}


def files_under(prefix: str) -> list[str]:
    """Name the files in the bucket below a prefix."""
    listed = aws.s3().list_objects_v2(Bucket=env().bucket_name, Prefix=prefix)
    return [held["Key"] for held in listed.get("Contents", [])]


def _hint(image: ImageRecord) -> Any:
    from ingest_lambda.adapters.table import guard_key

    campaign = ingest.read_current(str(image.slug))
    release = campaign and ingest.read_release(str(image.slug), campaign.release)
    return guard_key(release.campaign_id if release else "", f"file:{image.sha256}")


def publish(campaign: Campaign) -> None:
    """Publish a campaign's first release, so that its functions know it."""
    from tests.ingest_lambda.writing import make_manifest

    manifest: Manifest = make_manifest(
        slug=campaign.slug, campaign_id=str(campaign.pk), release=1, opens_at=NOON
    )
    ingest.clients.submissions_table().published.publish(
        manifest,
        Current(
            slug=campaign.slug, release=1, opens_at=manifest.opens_at, closes_at=manifest.closes_at
        ),
    )


def begin(at: datetime = NOON) -> UUID:
    """Return the id of a submission that was started at ``at``."""
    return new_submission_id(at)


def take(
    campaign: Campaign,
    submission_id: UUID,
    *,
    attempt: int = 1,
    nonce: str = "aa",
    file: str = "1",
    came_at: datetime = NOON,
    mirrored: bool = True,
) -> Taken:
    """Take a photo as the images function leaves it."""
    key = incoming_key(campaign.slug, submission_id, attempt, 1, 1, nonce)
    folder = f"{kept_folder(key)}{file * 16}"
    upload = Upload(
        field="receipt",
        receipt=1,
        part=1,
        key=key,
        size=4,
        content_type="image/jpeg",
        sha256=file * 64,
    )
    image = ImageRecord(
        submission_id=submission_id,
        slug=campaign.slug,
        attempt=attempt,
        receipt=1,
        part=1,
        key=key,
        original_key=f"{folder}/original",
        content_type="image/jpeg",
        size=4,
        sha256=file * 64,
        checked_at=came_at,
    )
    for name in ("original", "page-1.jpg", "thumb-1.jpg"):
        put_file(f"{folder}/{name}")
    ingest.clients.submissions_table().photos.put_image(image)
    ingest.clients.submissions_table().limits.hold_guard(
        str(campaign.pk), f"file:{image.sha256}", submission_id
    )
    if mirrored:
        hear(image)
    return Taken(upload, image)


def put_file(key: str) -> None:
    """Put a file into the bucket."""
    aws.s3().put_object(Bucket=env().bucket_name, Key=key, Body=b"file")


def send(
    campaign: Campaign, submission_id: UUID, *photos: Taken, mirrored: bool = True, **told: Any
) -> SubmissionRecord:
    """Write a submission that names these photos, as the writer does."""
    record = make_record(
        campaign, id=submission_id, uploads=tuple(photo.upload for photo in photos), **told
    )
    ingest.clients.submissions_table().submissions.create(record)
    if mirrored:
        hear(record)
    return record


def change(record: SubmissionRecord, *, mirrored: bool = True, **told: Any) -> SubmissionRecord:
    """Write the next version of a submission."""
    later = record.model_copy(update={**told, "version": record.version + 1})
    ingest.clients.submissions_table().submissions.replace(later)
    if mirrored:
        hear(later)
    return later


def hear(*records: Record) -> None:
    """Mirror records, each in a batch of its own."""
    for record in records:
        assert not mirror_stream_records([streamed(record)], at=NOON).refused


def sweep(at: datetime = DUE) -> UnsentRound:
    """Run one round with time enough."""
    return sweep_unsent(at=at, enough=lambda: False)
