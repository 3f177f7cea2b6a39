"""Which limits a submission uses, whether there is room, and what it is told when there is none."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ingest_lambda.contract import (
    SOFT_SCOPES,
    Channel,
    FieldKind,
    LimitScope,
    LimitSpec,
    Manifest,
    Meaning,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    TakenLimit,
    WindowKind,
    instant_text,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.rules.people import store_hash
from ingest_lambda.rules.windows import (
    is_rolling_full,
    rolling_again_at,
    window_ends_at,
    window_key,
)
from ingest_lambda.table import KEPT_AFTER_WINDOW, ROLLING, Cancelled, LimitUse, Table, Taken

SOFT_TRIES = 3
_KEPT_USES = 200
"""Uses that a rolling limit's item keeps at least: room for what arrives late and out of order."""


def is_guard(limit: LimitSpec) -> bool:
    """Tell whether a limit is the plain "once per receipt", which guards enforce for the whole campaign."""
    return (
        limit.scope is LimitScope.RECEIPT
        and limit.count == 1
        and limit.window.kind is WindowKind.CAMPAIGN
    )


def guards_of(record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    """Return the guards of a submission's receipts: every photo under the hash that was declared."""
    if record.status is SubmissionStatus.INVALID or not any(map(is_guard, manifest.limits)):
        return ()
    receipts = {f.name for f in manifest.fields if f.kind is FieldKind.RECEIPT_IMAGE}
    declared = (u.sha256 for u in record.uploads if u.sha256 and u.field in receipts)
    return tuple(dict.fromkeys(f"image:{sha256}" for sha256 in declared))


def uses_of(record: SubmissionRecord, manifest: Manifest, *, table: Table) -> tuple[LimitUse, ...]:
    """Reckon which hard limits a submission takes a use of; none when it is refused anyway."""
    if record.status is SubmissionStatus.INVALID:
        return ()
    return tuple(
        use_of(
            limit,
            scope_hash,
            record,
            manifest,
            amount=amount_of(limit, record, manifest),
            table=table,
        )
        for limit in manifest.limits
        if limit.scope not in SOFT_SCOPES and not is_guard(limit)
        for scope_hash in scope_hashes(limit, record, manifest)
    )


def amount_of(limit: LimitSpec, record: SubmissionRecord, manifest: Manifest) -> int:
    """Return how many uses a submission takes: one; of a store's limit, one for each receipt."""
    return len(_receipt_numbers(record, manifest)) if limit.scope is LimitScope.STORE else 1


def use_of(
    limit: LimitSpec,
    scope_hash: str,
    record: SubmissionRecord,
    manifest: Manifest,
    *,
    table: Table,
    amount: int = 1,
) -> LimitUse:
    """Reckon one use, in the window that the time of entry falls into."""
    if limit.window.kind is WindowKind.ROLLING:
        return _rolling_use(limit, scope_hash, record, table, amount)
    ends = window_ends_at(limit.window, entered_at=record.entered_at, timezone=manifest.timezone)
    return LimitUse(
        limit=limit.name,
        scope_hash=scope_hash,
        window=window_key(limit.window, entered_at=record.entered_at, timezone=manifest.timezone),
        count=limit.count,
        amount=amount,
        expires_at=ends + KEPT_AFTER_WINDOW if ends else None,
    )


def _rolling_use(
    limit: LimitSpec, scope_hash: str, record: SubmissionRecord, table: Table, amount: int = 1
) -> LimitUse:
    hours = limit.window.hours or 1
    times, revision = table.rolling_uses(record.campaign_id, limit.name, scope_hash)
    others = tuple(use for use in times if use[1] != str(record.id))
    full = is_rolling_full(
        [datetime.fromisoformat(at) for at, _ in others],
        entered_at=record.entered_at,
        hours=hours,
        count=limit.count,
        amount=amount,
    )
    mine = (instant_text(record.entered_at), str(record.id))
    return LimitUse(
        limit=limit.name,
        scope_hash=scope_hash,
        window=ROLLING,
        count=limit.count,
        amount=amount,
        expires_at=record.entered_at + timedelta(hours=hours) + KEPT_AFTER_WINDOW,
        times=tuple(sorted([*others, *[mine] * amount]))[-max(_KEPT_USES, 2 * limit.count) :],
        # Over the limit, the revision is one that cannot be: the transaction refuses it here.
        revision=-1 if full else revision,
    )


def scope_hashes(limit: LimitSpec, record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    """Return whose uses count: one person (at one store), phone, household, device; each receipt.

    Empty where the form did not ask: a limit by phone says nothing about an
    entry without one.
    """
    if limit.scope is LimitScope.RECEIPT:
        return _receipts(record, manifest)
    if limit.scope is LimitScope.STORE:
        return _person_at_store(record, manifest)
    if limit.scope is LimitScope.DEVICE:
        # A kiosk is one device for everybody, and known by its key.
        if record.channel is Channel.PARTNER:
            return ()
        # A browser's name alone is shared by thousands, an address by a whole office.
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
    if not store or not record.person_hash or not _receipt_numbers(record, manifest):
        return ()
    return (store_hash(record.person_hash, store),)


def _receipt_numbers(record: SubmissionRecord, manifest: Manifest) -> set[int]:
    receipts = {f.name for f in manifest.fields if f.kind is FieldKind.RECEIPT_IMAGE}
    return {upload.receipt for upload in record.uploads if upload.field in receipts}


def _receipts(record: SubmissionRecord, manifest: Manifest) -> tuple[str, ...]:
    first: dict[int, str] = {}
    for upload in sorted(record.uploads, key=lambda upload: (upload.receipt, upload.part)):
        field = manifest.field(upload.field)
        if upload.sha256 and field and field.kind is FieldKind.RECEIPT_IMAGE:
            first.setdefault(upload.receipt, upload.sha256)
    return tuple(dict.fromkeys(first.values()))


def is_within_soft_limits(record: SubmissionRecord, manifest: Manifest, *, table: Table) -> bool:
    """Count a submission toward the soft limits, each by itself; tell whether it is within all."""
    within = [
        _counts_softly(use_of(limit, scope_hash, record, manifest, table=table), record, table)
        if limit.window.kind is not WindowKind.ROLLING
        else _counts_rolling_softly(limit, scope_hash, record, table)
        for limit in manifest.limits
        if limit.scope in SOFT_SCOPES
        for scope_hash in scope_hashes(limit, record, manifest)
    ]
    return all(within)


def _counts_softly(use: LimitUse, record: SubmissionRecord, table: Table) -> bool:
    return table.count_softly(record.campaign_id, use, record.id)


def _counts_rolling_softly(
    limit: LimitSpec, scope_hash: str, record: SubmissionRecord, table: Table
) -> bool:
    for _ in range(SOFT_TRIES):
        use = _rolling_use(limit, scope_hash, record, table)
        if use.revision < 0:
            return False
        try:
            table.take_rolling(record.campaign_id, use)
        except Cancelled:
            continue  # another one of the same device, in the same moment
        return True
    return False


def holding(
    record: SubmissionRecord,
    uses: Sequence[LimitUse],
    guards: tuple[str, ...],
    manifest: Manifest,
) -> SubmissionRecord:
    """Note on a submission what it takes, and whether a rejection gives it back."""
    specs = {spec.name: spec for spec in manifest.limits}
    taken = tuple(
        TakenLimit(
            limit=use.limit,
            scope_hash=use.scope_hash,
            window=use.window,
            gives_back_when_rejected=specs[use.limit].gives_back_when_rejected,
            amount=use.amount,
        )
        for use in uses
    )
    back = all(spec.gives_back_when_rejected for spec in manifest.limits if is_guard(spec))
    return record.model_copy(
        update={"limits_taken": taken, "guards_taken": guards, "guards_give_back": back}
    )


def refused(
    record: SubmissionRecord,
    uses: Sequence[LimitUse],
    manifest: Manifest,
    failed: Sequence[int],
) -> SubmissionRecord:
    """Turn a submission that limits or guards refused into an ``invalid`` one that takes nothing.

    ``failed`` are places of the transaction: 0 the submission, then ``uses``,
    then its guards. Every limit that is reached is named with when there is
    room again.

    Raises:
        TryAgain: it was only that another writer moved a rolling limit meanwhile.
    """
    reasons: dict[tuple[object, ...], Reason] = {}
    for place in failed:
        if place > len(uses):
            reasons.setdefault(("guard",), Reason(code=ReasonCode.RECEIPT_USED))
            continue
        use = uses[place - 1]
        if use.times is not None and use.revision >= 0:
            continue
        limit = next(spec for spec in manifest.limits if spec.name == use.limit)
        reasons.setdefault((limit.name,), reached(limit, use, record, manifest))
    if not reasons:
        raise TryAgain("rolling_limit_moved")
    return record.model_copy(
        update={
            "status": SubmissionStatus.INVALID,
            "reasons": tuple(reasons.values()),
            "limits_taken": (),
            "guards_taken": (),
        }
    )


def reached(
    limit: LimitSpec, use: LimitUse, record: SubmissionRecord, manifest: Manifest
) -> Reason:
    """Say which limit is reached and when the entrant may enter next."""
    return Reason(
        code=ReasonCode.LIMIT_REACHED,
        limit=limit.name,
        again_at=_again_at(limit, use, record, manifest),
    )


def _again_at(
    limit: LimitSpec, use: LimitUse, record: SubmissionRecord, manifest: Manifest
) -> datetime | None:
    """Return when there is room again; ``None`` where the campaign is over by then, or never."""
    again: datetime | None
    if use.amount > use.count:
        return None
    if limit.window.kind is WindowKind.ROLLING:
        again = rolling_again_at(
            [datetime.fromisoformat(at) for at, who in use.times or () if who != str(record.id)],
            entered_at=record.entered_at,
            hours=limit.window.hours or 1,
            count=limit.count,
            amount=use.amount,
        )
    else:
        again = window_ends_at(
            limit.window, entered_at=record.entered_at, timezone=manifest.timezone
        )
    return again if again and again < manifest.closes_at else None


def uses_again(
    record: SubmissionRecord, taken: Taken, manifest: Manifest, *, table: Table
) -> tuple[LimitUse, ...]:
    """Reckon the uses that would bring back what was given back, in the same windows as before."""
    specs = {spec.name: spec for spec in manifest.limits}
    return tuple(
        use_of(
            specs[limit.limit],
            limit.scope_hash,
            record,
            manifest,
            amount=limit.amount,
            table=table,
        )
        for limit in taken.limits
    )
