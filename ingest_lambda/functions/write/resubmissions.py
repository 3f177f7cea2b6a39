"""What comes under an id that is there already: a copy, another body, a new attempt."""

from collections.abc import Mapping
from typing import Any

from ingest_lambda.adapters.table import NOTHING, Cancelled, LimitUse, Table, Taken
from ingest_lambda.contract import (
    Manifest,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    SubmitRequest,
    Suspicion,
    TokenPayload,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import limits
from ingest_lambda.functions.write.messages import missing
from ingest_lambda.functions.write.validation import Circumstances, missing_hashes, missing_images
from ingest_lambda.rules.bodies import body_hash
from ingest_lambda.rules.scopes import guards_of

MOST_CONFLICTS = 20
_BY_TIME = frozenset(
    {ReasonCode.ENTERED_TOO_LATE, ReasonCode.TOKEN_EXPIRED, ReasonCode.LIMIT_REACHED}
)
"""Reasons that an earlier copy of the same submission may not have."""


def meet(record: SubmissionRecord, manifest: Manifest, *, table: Table) -> str:
    """Settle with what is stored under the same id already.

    The same body is the same submission, whenever it comes: nothing happens.
    Of copies that entered at different times the earliest counts. Another body
    is a conflict: the first is kept, the other noted by its hash.
    """
    stored = table.submission(record.id)
    if stored is None:
        raise TryAgain("just_gone")
    if stored.attempt > record.attempt:
        return "seen"
    if stored.body_hash != record.body_hash:
        return _note_conflict(stored, record.body_hash, table)
    if record.entered_at >= stored.entered_at or record.status is SubmissionStatus.INVALID:
        return "seen"
    if stored.shown_status is not SubmissionStatus.INVALID:
        return _move_earlier(record, stored, manifest, table)
    if any(reason.code in _BY_TIME for reason in stored.reasons):
        return _judge_anew(record, stored, manifest, table)
    return "seen"


def _note_conflict(stored: SubmissionRecord, other: str, table: Table) -> str:
    if other not in stored.conflict_hashes:
        hashes = (*stored.conflict_hashes, other)[-MOST_CONFLICTS:]
        _replace(_next(stored, conflict_hashes=hashes), table)
    return "conflict"


def _move_earlier(
    record: SubmissionRecord, stored: SubmissionRecord, manifest: Manifest, table: Table
) -> str:
    """Let the earlier copy's time count, and with it the windows it falls into.

    Where the earlier window is full, the later copy is the one that counts: it
    was good, and nobody loses an entry by having sent it twice.
    """
    if not stored.limits_taken:
        _replace(_next(stored, entered_at=record.entered_at), table)
        return "seen"
    held = {(taken.limit, taken.scope_hash, taken.window) for taken in stored.limits_taken}
    # What a rejection has freed stays free; it is taken again, in its new window, with the verdict.
    counted = {(taken.limit, taken.scope_hash) for taken in stored.limits_taken}
    wanted = tuple(
        use
        for use in limits.uses_of(record, manifest, table=table)
        if (use.limit, use.scope_hash) in counted
    )
    named = {(use.limit, use.scope_hash, use.window) for use in wanted}
    uses = tuple(
        use
        for use in wanted
        # A rolling use is taken anew, for its time has changed.
        if use.times is not None or (use.limit, use.scope_hash, use.window) not in held
    )
    left = tuple(
        taken
        for taken in stored.limits_taken
        if (taken.limit, taken.scope_hash, taken.window) not in named
    )
    moved = limits.holding(stored, wanted, stored.guards_taken, manifest)
    try:
        table.replace_submission(
            _next(moved, entered_at=record.entered_at), uses=uses, gives_back=Taken(limits=left)
        )
    except Cancelled as cancelled:
        if cancelled.failed[0] == 0:
            raise TryAgain("version_moved") from cancelled
        limits.refused(record, uses, manifest, cancelled.failed)  # a rolling one only moved: again
    return "seen"


def _judge_anew(
    record: SubmissionRecord, stored: SubmissionRecord, manifest: Manifest, table: Table
) -> str:
    """Let the punctual copy count, though a late one was processed before it."""
    record = record.model_copy(
        update={
            "version": stored.version + 1,
            "conflict_hashes": stored.conflict_hashes,
            "decision_no": stored.decision_no,
            "decision_status": stored.decision_status,
            "decided_attempt": stored.decided_attempt,
            "decision_reasons": stored.decision_reasons,
            "resubmit_until": stored.resubmit_until,
            "epoch": stored.epoch,
        }
    )
    uses = limits.uses_of(record, manifest, table=table)
    guards = guards_of(record, manifest)
    record = limits.holding(record, uses, guards, manifest)
    try:
        table.replace_submission(record, uses=uses, guards=guards)
    except Cancelled as cancelled:
        if cancelled.failed[0] == 0:
            raise TryAgain("version_moved") from cancelled
        record = limits.refused(record, uses, manifest, cancelled.failed)
        _replace(record, table)
    return record.status.value


def write_again(
    said: SubmitRequest,
    payload: TokenPayload,
    manifest: Manifest,
    known: Circumstances,
    table: Table,
    *,
    receives: int,
) -> str:
    """Store attempt n + 1, which is welcome only while a new photo is asked for.

    Judged by when it entered, not by when it is written: an answer that came in
    time beats the sweep that has rejected meanwhile. One without the photo
    that the form requires uses up no link; the status call names what is
    missing. Answers and consents stay those of the first attempt. What it
    shows beyond that takes its own uses of the limits; where there is no room a
    person looks, for it was asked to come.

    Raises:
        NotKept: the first attempt has not come in several deliveries, or was deleted.
        TryAgain: it may still come, or the table is busy.
    """
    stored = table.submission(payload.submission_id)
    if stored is None:
        raise missing(receives)
    other = body_hash(said.answers, said.consents, payload)
    if stored.attempt == payload.attempt and stored.body_hash != other:
        return _note_conflict(stored, other, table)
    if stored.attempt >= payload.attempt:
        return "seen"
    if stored.attempt + 1 != payload.attempt or not _is_asked(stored, payload, known):
        return "not_asked"
    lacks = tuple(missing_images(payload, manifest))
    if lacks:
        if stored.reasons != lacks:
            _replace(_next(stored, reasons=lacks), table)
        return "incomplete"
    record = _next(
        stored,
        attempt=payload.attempt,
        status=SubmissionStatus.PENDING_REVIEW,
        reasons=(),
        uploads=payload.uploads,
        earlier_keys=(*stored.earlier_keys, *(upload.key for upload in stored.uploads)),
        body_hash=other,
        conflict_hashes=(),
        suspicions=tuple(dict.fromkeys((*stored.suspicions, *missing_hashes(payload)))),
        written_at=known.written,
    )
    guards = tuple(g for g in guards_of(record, manifest) if g not in stored.guards_taken)
    places = limits.lacking(record, manifest, table=table)
    back = {taken.limit for taken in stored.limits_given_back}
    _replace_and_take(
        record,
        wanted=Taken(places, (*guards, *stored.guards_given_back)),
        lost_is={
            **dict.fromkeys(guards, Suspicion.IMAGE_SEEN_BEFORE),
            **{one.limit: Suspicion.OVER_LIMIT for one in places if one.limit not in back},
        },
        manifest=manifest,
        table=table,
    )
    return "resubmitted"


def _is_asked(stored: SubmissionRecord, payload: TokenPayload, known: Circumstances) -> bool:
    if known.entered > payload.expires_at:
        return False
    if stored.resubmit_until is not None and known.entered > stored.resubmit_until:
        return False
    if stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION:
        return True
    return (
        stored.shown_status is SubmissionStatus.REJECTED
        and stored.resubmit_until is not None
        and any(r.code is ReasonCode.RESUBMISSION_EXPIRED for r in stored.decision_reasons)
    )


def replace_and_take(record: SubmissionRecord, *, table: Table) -> None:
    """Store a submission that counts again, and take the slots that this needs.

    Its rejection was taken back: what that had freed. Or staff let an
    ``invalid`` one in: what it would have taken at its entry. Another entry may
    have used the slot or the receipt meanwhile, and it did nothing wrong. So
    what is free is taken, in the same transaction; what is not makes the
    submission a suspect (``SLOT_TAKEN``), because whoever looks at it must
    know: approving it counts one more than the limit allows.

    Raises:
        TryAgain: the version has moved on, or the table is busy.
    """
    wanted = Taken(record.limits_given_back, record.guards_given_back)
    manifest = table.release(record.slug, record.release)
    if manifest is None:
        raise TryAgain("release_missing")
    if record.status is SubmissionStatus.INVALID and not wanted:
        counting = record.model_copy(update={"status": SubmissionStatus.RECEIVED})
        uses = limits.uses_of(counting, manifest, table=table)
        guards = guards_of(counting, manifest)
        wanted = Taken(limits.holding(counting, uses, guards, manifest).limits_taken, guards)
    _replace_and_take(record, wanted=wanted, lost_is={}, manifest=manifest, table=table)


def _replace_and_take(
    record: SubmissionRecord,
    *,
    wanted: Taken,
    lost_is: Mapping[str, Suspicion],
    manifest: Manifest,
    table: Table,
) -> None:
    """Take what is free of ``wanted``; the rest makes a suspect, as ``lost_is`` names it."""
    uses = limits.uses_again(record, wanted, manifest, table=table)
    guards = tuple(dict.fromkeys(wanted.guards))
    suspicions = list(record.suspicions)
    while True:
        taken = limits.holding(record, uses, (), manifest)
        storing = record.model_copy(
            update={
                "limits_taken": limits.joined(record.limits_taken, taken.limits_taken),
                "guards_taken": tuple(dict.fromkeys((*record.guards_taken, *guards))),
                "limits_given_back": (),
                "guards_given_back": (),
                "suspicions": tuple(dict.fromkeys(suspicions)),
            }
        )
        try:
            table.replace_submission(storing, uses=uses, guards=guards)
        except Cancelled as cancelled:
            if cancelled.failed[0] == 0:
                raise TryAgain("version_moved") from cancelled
            uses, guards, lost = _without(uses, guards, cancelled.failed)
            suspicions += [lost_is.get(one, Suspicion.SLOT_TAKEN) for one in lost]
        else:
            return


def _without(
    uses: tuple[LimitUse, ...], guards: tuple[str, ...], failed: tuple[int, ...]
) -> tuple[tuple[LimitUse, ...], tuple[str, ...], list[str]]:
    """Take out of a transaction what it was refused; the lost are named by limit or guard."""
    lost = []
    for place in failed:
        if place > len(uses):
            lost.append(guards[place - 1 - len(uses)])
            continue
        use = uses[place - 1]
        if use.times is not None and use.revision >= 0:
            raise TryAgain("rolling_limit_moved")
        lost.append(use.limit)
    kept_uses = tuple(use for n, use in enumerate(uses, start=1) if n not in failed)
    return kept_uses, tuple(guard for guard in guards if guard not in lost), lost


def _next(stored: SubmissionRecord, **changes: Any) -> SubmissionRecord:
    return stored.model_copy(update={**changes, "version": stored.version + 1})


def _replace(record: SubmissionRecord, table: Table) -> None:
    try:
        table.replace_submission(record, gives_back=NOTHING)
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled
