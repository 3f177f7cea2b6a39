"""Put back into the table what it lacks and the site has: after a backup of the table was restored.

What came in between the backup and the loss is gone from the table; the site's
mirror has it, but for what only the table keeps: hashes of telephone numbers,
households, addresses and devices, and who holds which slot. Slots are reckoned
again and taken where they are free.
"""

from ingest_lambda.adapters.table import (
    SUBMISSION,
    Cancelled,
    LimitUse,
    Table,
    award_limit_part,
    award_part,
    guard_part,
)
from ingest_lambda.contract import (
    KEEPS_SLOT,
    AwardRecord,
    ImageRecord,
    Manifest,
    MessageRecord,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import award_limits, limits
from ingest_lambda.rules.scopes import guards_of

_KEPT = (
    *("phone_hash", "household_hash", "address_hash", "device_hash"),
    *("limits_taken", "guards_taken", "guards_give_back", "epoch"),
    *("limits_given_back", "guards_given_back"),
)
"""What the site does not have of an older version in the table; it stays as that has it."""


def restore_submission(record: SubmissionRecord, *, table: Table) -> bool:
    """Put a submission back where the table has none or an older version; tell whether it did.

    With the limits and guards that it holds, in one transaction, so that its entrant
    cannot enter again past them. One whose slot another has taken since keeps its
    place without it: both were told that they are in. The same twice changes nothing.

    Raises:
        TryAgain: the table is busy, or somebody wrote it at this moment.
    """
    stored = table.submissions.get(record.id)
    if stored is not None and stored.version >= record.version:
        return False
    if stored is not None:
        kept = {name: getattr(stored, name) for name in _KEPT}
        _put(record.model_copy(update=kept), table, over=stored.version)
    elif record.shown_status is SubmissionStatus.INVALID:
        _put(record, table, over=None)
    else:
        _put_with_slots(record, table)
    return True


def mend_submission(record: SubmissionRecord, *, table: Table) -> tuple[str, ...]:
    """Replace what can't be read of a stored submission by what the site has; return the attributes' names.

    Raises:
        TryAgain: the table is busy, or has another version than the site.
    """
    try:
        return table.submissions.mend(record)
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled


def restore_item(record: ImageRecord | MessageRecord | AwardRecord, *, table: Table) -> bool:
    """Put a photo's facts, a message or an award back where the table has none; tell whether it did.

    An award also goes in the place of an older version: a code that its winner has seen
    would be taken for one that nobody has.

    Raises:
        TryAgain: the table is busy.
    """
    if isinstance(record, ImageRecord):
        return table.photos.put_image(record)
    if isinstance(record, MessageRecord):
        return table.submissions.put_message(record)
    return _put_award(record, table)


def _put_award(record: AwardRecord, table: Table) -> bool:
    """Put an award back with the award limits that it holds; what is full by now it goes without."""
    there = {award.prize: award for award in table.submissions.awards(record.submission_id)}
    before = there.get(record.prize)
    held = before.limits_taken if before else ()
    missing = tuple(taken for taken in record.limits_taken if taken not in held)
    submission = table.submissions.get(record.submission_id) if missing else None
    manifest = table.published.release(submission.slug, submission.release) if submission else None
    uses: tuple[LimitUse, ...] = ()
    if submission and manifest:
        uses = award_limits.uses_retaken(submission, missing, manifest, table=table)
    campaign_id = submission.campaign_id if submission else ""
    while True:
        try:
            table.submissions.put_award(record, campaign_id=campaign_id, uses=uses)
        except Cancelled as cancelled:
            if award_part(record.prize) in cancelled.refused:
                return False
            full = {use for use in uses if award_limit_part(use.part.name) in cancelled.refused}
            uses = tuple(use for use in uses if use not in full)
            places = {(use.limit, use.scope_hash, use.window) for use in full}
            left = (
                taken
                for taken in record.limits_taken
                if (taken.limit, taken.scope_hash, taken.window) not in places
            )
            record = record.model_copy(update={"limits_taken": tuple(left)})
        else:
            return True


def _put(record: SubmissionRecord, table: Table, *, over: int | None) -> None:
    try:
        table.submissions.put_back(record, over=over)
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled


def _held(
    record: SubmissionRecord, manifest: Manifest, table: Table
) -> tuple[tuple[LimitUse, ...], tuple[str, ...]]:
    """Return the uses of limits and the guards that a submission holds, after its verdict."""
    uses, guards = limits.uses_of(record, manifest, table=table), guards_of(record, manifest)
    keeps = any(reason.code in KEEPS_SLOT for reason in record.decision_reasons)
    if record.shown_status is not SubmissionStatus.REJECTED or keeps:
        return uses, guards
    given_back = {spec.name for spec in manifest.limits if spec.gives_back_when_rejected}
    guards_stay = not limits.holding(record, (), (), manifest).guards_give_back
    return tuple(u for u in uses if u.limit not in given_back), guards if guards_stay else ()


def _put_with_slots(record: SubmissionRecord, table: Table) -> None:
    manifest = table.published.release(record.slug, record.release)
    if manifest is None:
        raise TryAgain("release_missing")
    uses, guards = _held(record, manifest, table)
    while True:
        holding = limits.holding(record, uses, guards, manifest)
        try:
            table.submissions.put_back(holding, over=None, uses=uses, guards=guards)
        except Cancelled as cancelled:
            if SUBMISSION in cancelled.refused:
                raise TryAgain("version_moved") from cancelled
            uses = tuple(use for use in uses if use.part not in cancelled.refused)
            guards = tuple(one for one in guards if guard_part(one) not in cancelled.refused)
        else:
            return
