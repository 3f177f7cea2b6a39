"""Which limits a submission uses, whether there is room, and the reason where there is none."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from ingest_lambda.adapters.table import (
    KEPT_AFTER_WINDOW,
    ROLLING,
    Cancelled,
    LimitUse,
    Part,
    PartKind,
    Table,
    Taken,
)
from ingest_lambda.contract import (
    SOFT_SCOPES,
    LimitSpec,
    Manifest,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    TakenLimit,
    WindowKind,
    instant_text,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.rules.scopes import amount_of, is_guard, scope_hashes
from ingest_lambda.rules.windows import (
    is_rolling_full,
    rolling_free_at,
    window_ends_at,
    window_key,
)

SOFT_TRIES = 3
_KEPT_USES = 200
"""Uses that a rolling limit's item keeps at least: room for what arrives late and out of order."""


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
    times, revision = table.limits.rolling_uses(record.campaign_id, limit.name, scope_hash)
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
        # Over the limit, the revision is one that cannot be: the transaction refuses this use.
        revision=-1 if full else revision,
    )


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
    return table.limits.count_softly(record.campaign_id, use, record.id)


def _counts_rolling_softly(
    limit: LimitSpec, scope_hash: str, record: SubmissionRecord, table: Table
) -> bool:
    for _ in range(SOFT_TRIES):
        use = _rolling_use(limit, scope_hash, record, table)
        if use.revision < 0:
            return False
        try:
            table.limits.take_rolling(record.campaign_id, use)
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


def is_moved(use: LimitUse) -> bool:
    """Tell whether a refused use had room, and another writer only moved its rolling window."""
    return use.times is not None and use.revision >= 0


def refused(
    record: SubmissionRecord,
    uses: Sequence[LimitUse],
    manifest: Manifest,
    parts: Collection[Part],
) -> SubmissionRecord:
    """Turn a submission that limits or guards refused into an ``invalid`` one that takes nothing.

    ``parts`` are those that the transaction refused. Every limit that is reached
    is named, with the time at which there is room again.

    Raises:
        TryAgain: it was only that another writer moved a rolling limit meanwhile.
    """
    reasons: dict[str, Reason] = {}
    for use in uses:
        if use.part in parts and not is_moved(use):
            limit = next(spec for spec in manifest.limits if spec.name == use.limit)
            reasons.setdefault(limit.name, reached(limit, use, record, manifest))
    found = list(reasons.values())
    if any(part.kind is PartKind.GUARD for part in parts):
        found.append(Reason(code=ReasonCode.RECEIPT_USED))
    if not found:
        raise TryAgain("rolling_limit_moved")
    return record.model_copy(
        update={
            "status": SubmissionStatus.INVALID,
            "reasons": tuple(found),
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
        wanted=use.amount if use.amount > 1 else None,
        again_at=_free_at(limit, use, record, manifest),
    )


def _free_at(
    limit: LimitSpec, use: LimitUse, record: SubmissionRecord, manifest: Manifest
) -> datetime | None:
    """Return when there is room again; ``None`` where the campaign is over by then, or never."""
    again: datetime | None
    if use.amount > use.count:
        return None
    if limit.window.kind is WindowKind.ROLLING:
        again = rolling_free_at(
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


def uses_retaken(
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


def lacking(
    record: SubmissionRecord, manifest: Manifest, *, table: Table
) -> tuple[TakenLimit, ...]:
    """Return what a submission has to take in addition to what it holds, each place once.

    That is what was given back, and what a new attempt shows beyond the first,
    such as a second receipt from the same store. A use of a rolling limit is
    taken whole, in the place of the one that is held.
    """
    held = {_place(taken): taken.amount for taken in record.limits_taken}
    back = uses_retaken(record, Taken(record.limits_given_back), manifest, table=table)
    # By the windows of today: an earlier copy may have moved the time of entry meanwhile.
    wanted = {_place(taken): taken for taken in holding(record, back, (), manifest).limits_taken}
    uses = uses_of(record, manifest, table=table)
    for taken in holding(record, uses, (), manifest).limits_taken:
        more = taken.amount - held.get(_place(taken), 0)
        if more > 0:
            amount = taken.amount if taken.window == ROLLING else more
            wanted[_place(taken)] = taken.model_copy(update={"amount": amount})
    return tuple(wanted.values())


def joined(held: Sequence[TakenLimit], taken: Sequence[TakenLimit]) -> tuple[TakenLimit, ...]:
    """Return both together, each place once: a giving back is one write to each counter."""
    places = {_place(one): one for one in held}
    for one in taken:
        before = places.get(_place(one))
        if before is not None and one.window != ROLLING:
            one = one.model_copy(update={"amount": before.amount + one.amount})
        places[_place(one)] = one
    return tuple(places.values())


def _place(taken: TakenLimit) -> tuple[str, str, str]:
    return taken.limit, taken.scope_hash, taken.window
