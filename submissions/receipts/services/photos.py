"""What the facts say about the photos of entries, read for many of them at once."""

from collections.abc import Iterable
from uuid import UUID

from ingest_lambda.contract import IMAGE_KINDS
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.services.releases import release_of
from submissions.receipts.rules.photo_gaps import PhotoFacts, PhotoGap, photo_gaps


def gaps_of(submissions: Iterable[Submission]) -> dict[UUID, tuple[PhotoGap, ...]]:
    """Return what keeps each of these entries from having a photo that can be read, with one query.

    An entry that has all that its form asks for is left out. Judged by its newest
    attempt: what was sent before was not enough.
    """
    known = list(submissions)
    came: dict[UUID, dict[str, PhotoFacts]] = {}
    images = ReceiptImage.objects.filter(submission_id__in=[one.pk for one in known if one.uploads])
    for image in images:
        came.setdefault(image.submission_id, {})[image.key] = facts_of(image)
    found = ((one.pk, photo_gaps(_wanted(one), one.uploads, came.get(one.pk, {}))) for one in known)
    return {pk: gaps for pk, gaps in found if gaps}


def facts_of(image: ReceiptImage) -> PhotoFacts:
    """Return what matters of a file for whether it can be read."""
    sides = [side for page in image.pages for side in (page["width"], page["height"])]
    return PhotoFacts(image.refusal, max(sides, default=0))


def _wanted(submission: Submission) -> list[str]:
    return [
        field.name
        for field in release_of(submission).manifest.fields
        if field.kind in IMAGE_KINDS and field.required and submission.route in field.routes
    ]
