"""The photos that a submission announces: what its form takes, and their places in the bucket."""

import secrets
from collections import Counter

from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import (
    IMAGE_KINDS,
    UNSENT_KEPT,
    Channel,
    FieldSpec,
    Manifest,
    TokenPayload,
    Upload,
    Wanted,
    incoming_key,
)
from ingest_lambda.contract.photos import declared_type
from ingest_lambda.errors import HashMissing, TooManyUploads, UploadRefused

MOST_KEYS = 12
"""Places in the bucket for one field of one attempt, replaced photos included."""


def _most_keys(spec: FieldSpec) -> int:
    """Return the most places of a field: ``MOST_KEYS``, or as many as its form has room for."""
    return max(MOST_KEYS, spec.max_receipts * spec.images_per_receipt)


def announced_uploads(
    wanted: tuple[Wanted, ...], payload: TokenPayload, manifest: Manifest
) -> tuple[Upload, ...]:
    """Return the uploads that a submission announces; those that its token has unchanged keep their places.

    Raises:
        UploadRefused: a file or a number of files that the form does not take.
        HashMissing: a page left out the hash.
    """
    kept = {
        (u.field, u.receipt, u.part, u.size, u.content_type, u.sha256): u for u in payload.uploads
    }
    places: set[tuple[int, int]] = set()
    uploads = []
    for want in wanted:
        content_type = _allowed_type(want, payload, manifest)
        if (want.receipt, want.part) in places:
            raise UploadRefused(field=want.field)
        places.add((want.receipt, want.part))
        same = kept.get((want.field, want.receipt, want.part, want.size, content_type, want.sha256))
        uploads.append(same or _new_upload(want, content_type, payload))
    _check_number(wanted, manifest)
    return tuple(uploads)


def uploads_given(
    uploads: tuple[Upload, ...],
    payload: TokenPayload,
    manifest: Manifest,
    *,
    table: Table,
    is_first: bool,
) -> dict[str, int]:
    """Return how many places each field has been given, with those of ``uploads`` that are new.

    A token may be used many times, also at once, so from the second call on
    the table counts. The first call of a submission is bounded by the form
    itself, and leaves nothing behind.

    Raises:
        TooManyUploads: a field has no place left.
        TryAgain: the table is busy or away.
    """
    known = {upload.key for upload in payload.uploads}
    fresh = Counter(upload.field for upload in uploads if upload.key not in known)
    given = {
        name: payload.keys_given.get(name, 0) + fresh[name]
        for name in {*payload.keys_given, *fresh}
    }
    if not fresh or is_first:
        return given
    most = {spec.name: _most_keys(spec) for spec in manifest.fields if spec.name in fresh}
    counted = table.photos.count_keys(
        payload.submission_id,
        payload.attempt,
        fresh,
        before=payload.keys_given,
        most=most,
        expires_at=payload.expires_at + UNSENT_KEPT,
    )
    if counted is None:
        raise TooManyUploads(field=min(fresh, key=lambda name: most[name] - given[name]))
    return given | counted


def _new_upload(want: Wanted, content_type: str, payload: TokenPayload) -> Upload:
    return Upload(
        field=want.field,
        receipt=want.receipt,
        part=want.part,
        key=incoming_key(
            payload.slug,
            payload.submission_id,
            payload.attempt,
            want.receipt,
            want.part,
            secrets.token_hex(4),
        ),
        size=want.size,
        content_type=content_type,
        sha256=want.sha256,
        processed=want.processed,
    )


def _allowed_type(want: Wanted, payload: TokenPayload, manifest: Manifest) -> str:
    """Return the type that its form is signed for."""
    spec = manifest.field(want.field)
    if spec is None or spec.kind not in IMAGE_KINDS or payload.route not in spec.routes:
        raise UploadRefused(field=want.field)
    content_type = declared_type(want.content_type, want.name)
    if content_type is None:
        raise UploadRefused(field=want.field)
    if not 0 < want.size <= manifest.max_image_bytes:
        raise UploadRefused(field=want.field)
    # Without it no guard is taken. A partner's software may be older than the rule; what it
    # sends without a hash is looked at by a person.
    if want.sha256 is None and payload.channel is not Channel.PARTNER:
        raise HashMissing(field=want.field)
    return content_type


def _check_number(wanted: tuple[Wanted, ...], manifest: Manifest) -> None:
    for spec in manifest.fields:
        mine = [want for want in wanted if want.field == spec.name]
        receipts = {want.receipt for want in mine}
        if len(receipts) > spec.max_receipts:
            raise UploadRefused(field=spec.name)
        for receipt in receipts:
            if sum(want.receipt == receipt for want in mine) > spec.images_per_receipt:
                raise UploadRefused(field=spec.name)
