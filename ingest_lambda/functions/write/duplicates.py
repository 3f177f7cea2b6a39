"""What comes under an id that is stored already: a copy, another body, an earlier copy."""

from collections.abc import Sequence

from ingest_lambda.adapters.table import SUBMISSION, Cancelled, Table, Taken, Write
from ingest_lambda.contract import Manifest, ReasonCode, SubmissionRecord, SubmissionStatus
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import limits
from ingest_lambda.functions.write.giving import Giver
from ingest_lambda.functions.write.prizes import store_with_prizes
from ingest_lambda.functions.write.replacing import next_version, replace
from ingest_lambda.rules.scopes import guards_of

MOST_CONFLICTS = 20
_BY_TIME = frozenset(
    {ReasonCode.ENTERED_TOO_LATE, ReasonCode.TOKEN_EXPIRED, ReasonCode.LIMIT_REACHED}
)
"""Reasons that an earlier copy of the same submission may not have."""


def settle_duplicate(
    record: SubmissionRecord, manifest: Manifest, *, table: Table, giver: Giver
) -> str:
    """Compare a submission with the one that is stored under its id, and keep what counts.

    The same body is the same submission, whenever it comes: nothing happens.
    Of copies that entered at different times the earliest counts. Another body
    is a conflict: the first is kept, the other noted by its hash.
    """
    stored = table.submissions.get(record.id)
    if stored is None:
        raise TryAgain("just_gone")
    if stored.attempt > record.attempt:
        return "seen"
    if stored.body_hash != record.body_hash:
        return note_conflict(stored, record.body_hash, table)
    if record.entered_at >= stored.entered_at or record.status is SubmissionStatus.INVALID:
        return "seen"
    if stored.shown_status is not SubmissionStatus.INVALID:
        return move_earlier(record, stored, manifest, table)
    if any(reason.code in _BY_TIME for reason in stored.reasons):
        return _replace_late(record, stored, manifest, table, giver)
    return "seen"


def note_conflict(stored: SubmissionRecord, other: str, table: Table) -> str:
    """Note the hash of another body that came under the same id and attempt; the first is kept."""
    if other not in stored.conflict_hashes:
        hashes = (*stored.conflict_hashes, other)[-MOST_CONFLICTS:]
        replace(next_version(stored, conflict_hashes=hashes), table)
    return "conflict"


def move_earlier(
    record: SubmissionRecord, stored: SubmissionRecord, manifest: Manifest, table: Table
) -> str:
    """Let the earlier copy's time count, and with it the windows it falls into.

    Where the earlier window is full, the later copy counts: it was good, and
    sending it twice must not cost the entrant anything.
    """
    if not stored.limits_taken:
        replace(next_version(stored, entered_at=record.entered_at), table)
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
        # A rolling use is replaced, because its time has changed.
        if use.times is not None or (use.limit, use.scope_hash, use.window) not in held
    )
    left = tuple(
        taken
        for taken in stored.limits_taken
        if (taken.limit, taken.scope_hash, taken.window) not in named
    )
    moved = limits.holding(stored, wanted, stored.guards_taken, manifest)
    try:
        table.submissions.replace(
            next_version(moved, entered_at=record.entered_at),
            uses=uses,
            gives_back=Taken(limits=left),
        )
    except Cancelled as cancelled:
        if SUBMISSION in cancelled.refused:
            raise TryAgain("version_moved") from cancelled
        # No room in the earlier window: the later copy counts. A rolling limit that moved: again.
        limits.refused(record, uses, manifest, cancelled.refused)
    return "seen"


def _replace_late(
    record: SubmissionRecord,
    stored: SubmissionRecord,
    manifest: Manifest,
    table: Table,
    giver: Giver,
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

    def over_late(storing: SubmissionRecord, beside: Sequence[Write]) -> None:
        table.submissions.replace(storing, uses=uses, guards=guards, beside=beside)

    try:
        record = store_with_prizes(record, manifest, store=over_late, giver=giver, table=table)
    except Cancelled as cancelled:
        if SUBMISSION in cancelled.refused:
            raise TryAgain("version_moved") from cancelled
        record = limits.refused(record, uses, manifest, cancelled.refused)
        replace(record, table)
    return record.status.value
