"""Whose uses a limit counts, and how many uses a submission takes."""

from ingest_lambda.contract import (
    Channel,
    FieldKind,
    LimitScope,
    LimitSpec,
    Manifest,
    Meaning,
    SubmissionRecord,
    SubmissionStatus,
    Upload,
    WindowKind,
    parts_at_most,
    prize_parts,
)
from ingest_lambda.rules.people import store_hash

Receipt = tuple[str, int]
"""Identifies a receipt within its submission: the field and its number there."""


def is_guard(limit: LimitSpec) -> bool:
    """Tell whether a limit is "once per receipt and campaign", which guards enforce."""
    return (
        limit.scope is LimitScope.RECEIPT
        and limit.count == 1
        and limit.window.kind is WindowKind.CAMPAIGN
    )


def guards_of(record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    """Return the guards of a submission's receipts: one for the declared hash of each photo."""
    if record.status is SubmissionStatus.INVALID or not any(map(is_guard, manifest.limits)):
        return ()
    return tuple(f"image:{sha256}" for sha256 in _declared(record, manifest))


def receipts_of(
    uploads: tuple[Upload, ...], manifest: Manifest
) -> dict[Receipt, tuple[Upload, ...]]:
    """Return the receipts that were announced, each with its photos in their order.

    Two fields may each have a receipt number 1; those are two receipts.
    """
    fields = {field.name for field in manifest.fields if field.kind is FieldKind.RECEIPT_IMAGE}
    receipts: dict[Receipt, tuple[Upload, ...]] = {}
    for upload in sorted(uploads, key=lambda upload: (upload.receipt, upload.part)):
        if upload.field in fields:
            receipt = (upload.field, upload.receipt)
            receipts[receipt] = (*receipts.get(receipt, ()), upload)
    return receipts


def most_parts(manifest: Manifest) -> int:
    """Return the most parts that a transaction of one submission has under these limits."""
    photos = max(
        (
            sum(
                field.max_receipts * field.images_per_receipt
                for field in manifest.fields
                if field.kind is FieldKind.RECEIPT_IMAGE and route in field.routes
            )
            for route in manifest.routes
        ),
        default=0,
    )
    parts = parts_at_most(photos, ((limit.scope, limit.window.kind) for limit in manifest.limits))
    plan = manifest.prize_plan
    return parts + (prize_parts(len(plan.prizes), len(plan.limits)) if plan else 0)


def amount_of(limit: LimitSpec, record: SubmissionRecord, manifest: Manifest) -> int:
    """Return how many uses a submission takes: one, or one per receipt for a limit by store."""
    if limit.scope is LimitScope.STORE:
        return len(receipts_of(record.uploads, manifest))
    return 1


def scope_hashes(limit: LimitSpec, record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    """Return whose uses count: one person (at one store), phone, household, device; each receipt.

    Empty where the form has no such field: a limit by phone does not apply to a
    submission without a phone number.
    """
    if limit.scope is LimitScope.RECEIPT:
        return _declared(record, manifest)
    if limit.scope is LimitScope.STORE:
        return _person_at_store(record, manifest)
    if limit.scope is LimitScope.DEVICE:
        # A kiosk is one device for all its visitors; its API key identifies it.
        if record.channel is Channel.PARTNER:
            return ()
        # Both are of the internet address (``people.device_key``).
        if not record.address_hash or not record.device_hash:
            return ()
        return (f"{record.address_hash[:16]}{record.device_hash[:16]}",)
    found = {
        LimitScope.PERSON: record.person_hash,
        LimitScope.PHONE: record.phone_hash,
        LimitScope.HOUSEHOLD: record.household_hash,
    }[limit.scope]
    return (found,) if found else ()


def _person_at_store(record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    field = manifest.field_with(Meaning.STORE)
    store = str(record.answers.get(field.name) or "") if field else ""
    if not store or not record.person_hash or not receipts_of(record.uploads, manifest):
        return ()
    return (store_hash(record.person_hash, store),)


def _declared(record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    """Return the declared hashes of every photo of every receipt.

    Every photo identifies its receipt. If only one of them did, adding or leaving out
    a photo would make another receipt of it.
    """
    photos = (
        upload for receipt in receipts_of(record.uploads, manifest).values() for upload in receipt
    )
    return tuple(dict.fromkeys(upload.sha256 for upload in photos if upload.sha256))
