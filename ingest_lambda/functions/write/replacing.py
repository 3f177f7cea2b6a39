"""The next version of a submission that is stored already, with what it takes of limits and guards."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ingest_lambda.adapters.table import (
    NOTHING,
    ON_PRIZES,
    SUBMISSION,
    Cancelled,
    LimitUse,
    Part,
    Table,
    Taken,
    Write,
    guard_part,
)
from ingest_lambda.contract import Manifest, SubmissionRecord, SubmissionStatus, Suspicion
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import limits
from ingest_lambda.rules.scopes import guards_of


def next_version(stored: SubmissionRecord, **changes: Any) -> SubmissionRecord:
    """Return a stored submission with changes, as its next version."""
    return stored.model_copy(update={**changes, "version": stored.version + 1})


def replace(
    record: SubmissionRecord,
    table: Table,
    *,
    gives_back: Taken = NOTHING,
    beside: Sequence[Write] = (),
) -> None:
    """Store the next version of a submission, with the writes of its awards ``beside``.

    Raises:
        Cancelled: only prizes refused.
        TryAgain: another writer has stored a version since, or the table is busy.
    """
    try:
        table.submissions.replace(record, gives_back=gives_back, beside=beside)
    except Cancelled as cancelled:
        if all(part.kind in ON_PRIZES for part in cancelled.refused):
            raise
        raise TryAgain("version_moved") from cancelled


def replace_and_take(
    record: SubmissionRecord, *, table: Table, beside: Sequence[Write] = ()
) -> None:
    """Store a submission that counts again, and take the slots that this needs.

    Its rejection was taken back: what that had freed. Or staff let an
    ``invalid`` one in: what it would have taken at its entry. Another entry may
    have used the slot or the receipt by then, and it did nothing wrong. So
    what is free is taken, in the same transaction; what is not makes the
    submission a suspect (``SLOT_TAKEN``): its moderator must know that approving
    it counts one more than the limit allows.

    Raises:
        Cancelled: only prizes refused.
        TryAgain: the version has moved on, or the table is busy.
    """
    wanted = Taken(record.limits_given_back, record.guards_given_back)
    manifest = table.published.release(record.slug, record.release)
    if manifest is None:
        raise TryAgain("release_missing")
    if record.status is SubmissionStatus.INVALID and not wanted:
        counting = record.model_copy(update={"status": SubmissionStatus.RECEIVED})
        uses = limits.uses_of(counting, manifest, table=table)
        guards = guards_of(counting, manifest)
        wanted = Taken(limits.holding(counting, uses, guards, manifest).limits_taken, guards)
    take_what_is_free(
        record, wanted=wanted, lost_is={}, manifest=manifest, table=table, beside=beside
    )


def take_what_is_free(
    record: SubmissionRecord,
    *,
    wanted: Taken,
    lost_is: Mapping[str, Suspicion],
    manifest: Manifest,
    table: Table,
    beside: Sequence[Write] = (),
) -> None:
    """Store a submission with what is free of ``wanted``; the rest makes it a suspect.

    ``lost_is`` names the suspicion of a lost limit or guard, ``SLOT_TAKEN`` where it
    names none.

    Raises:
        Cancelled: only prizes refused, of the writes ``beside``.
        TryAgain: the version has moved on, a rolling limit has, or the table is busy.
    """
    uses = limits.uses_retaken(record, wanted, manifest, table=table)
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
            table.submissions.replace(storing, uses=uses, guards=guards, beside=beside)
        except Cancelled as cancelled:
            if SUBMISSION in cancelled.refused:
                raise TryAgain("version_moved") from cancelled
            if all(part.kind in ON_PRIZES for part in cancelled.refused):
                raise
            uses, guards, lost = _without(uses, guards, cancelled.refused)
            suspicions += [lost_is.get(one, Suspicion.SLOT_TAKEN) for one in lost]
        else:
            return


def _without(
    uses: tuple[LimitUse, ...], guards: tuple[str, ...], refused: Collection[Part]
) -> tuple[tuple[LimitUse, ...], tuple[str, ...], list[str]]:
    """Leave out what a transaction refused; the lost are named by limit or guard."""
    lost_uses = [use for use in uses if use.part in refused]
    if any(map(limits.is_moved, lost_uses)):
        raise TryAgain("rolling_limit_moved")
    lost_guards = [guard for guard in guards if guard_part(guard) in refused]
    return (
        tuple(use for use in uses if use not in lost_uses),
        tuple(guard for guard in guards if guard not in lost_guards),
        [*(use.limit for use in lost_uses), *lost_guards],
    )
